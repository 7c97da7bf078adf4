"""Full endpoint documents, as Transfer sends them, for each entity type."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Document

_NULL = (
    "acl_max_expiration_period_mins associated_flow_policy authentication_assurance_timeout "
    "authentication_policy_id authentication_timeout_mins auto_delete_timeout canonical_name "
    "contact_email contact_info default_directory department description disable_anonymous_writes "
    "entity_type expire_time gcp_connected gcp_paused gcs_manager_url gcs_version "
    "globus_connect_setup_key host_endpoint host_endpoint_display_name host_endpoint_id host_path "
    "https_server info_link keywords last_accessed_time local_user_info_available "
    "mapped_collection_display_name mapped_collection_id max_concurrency max_parallelism myproxy_dn "
    "myproxy_server network_use non_functional_endpoint_display_name non_functional_endpoint_id "
    "oauth_server organization preferred_concurrency preferred_parallelism preserve_modtime "
    "restrict_transfers_to_high_assurance s3_url sharing_target_endpoint sharing_target_root_path "
    "storage_type subscription_id tlsftp_server user_message user_message_link username"
)
_FALSE = (
    "acl_available acl_editable activated disable_verify force_encryption force_verify "
    "french_english_bilingual high_assurance in_use is_go_storage is_globus_connect mfa_required "
    "non_functional public requester_pays s3_owner_activated shareable skip_custom_identity_mapping_check "
    "subscription_admin_verified"
)

BASE: Document = {
    "DATA_TYPE": "endpoint",
    **dict.fromkeys(_NULL.split()),
    **dict.fromkeys(_FALSE.split(), False),
    "expires_in": -1,
    "gcp_connected": None,
    "keywords": None,
    "organization": "Example Facility",
    "my_effective_roles": [],
    "DATA": [],
}


def endpoint_document(collection_id: str, name: str, kind: str, fields: Document, *, endpoint_id: str) -> Document:
    """A complete endpoint document (about 80 fields).

    Args:
        collection_id: its id.
        name: the display name; may be empty, as on old entries.
        kind: the entity type; decides most of the fields.
        fields: what differs from the usual.
        endpoint_id: the GCSv5 endpoint behind it: the owner id of a GCSv5 collection is that, not a person
            (documented trap).
    """
    document = {**BASE, "id": collection_id, "display_name": name, "entity_type": kind, "DATA": []}
    document.update(_of_kind(kind, collection_id))
    document.update(fields)
    document["canonical_name"] = document["canonical_name"] or f"{document['owner_id']}#{collection_id}"
    document["owner_string"] = "ops@example-facility.org"
    if kind.startswith("GCSv5") and kind != "GCSv5_endpoint":
        document["owner_id"] = endpoint_id
        document["owner_string"] = f"{endpoint_id}@clients.auth.globus.org"
    document["shareable"] = kind in ("GCSv5_mapped_collection", "GCP_mapped_collection")
    document["subscription_admin_verified"] = document["subscription_id"] is not None
    document["keywords"] = document["keywords"] or ",".join(name.lower().split()[:2]) or None
    return document


def _of_kind(kind: str, collection_id: str) -> Document:
    short = collection_id[:6]
    host = f"{short}.8540.data.globus.org"
    if kind.startswith("GCP"):
        return {"is_globus_connect": True, "gcp_connected": True, "gcp_paused": False, "high_assurance": None}
    if kind == "GCSv5_endpoint":
        return {"gcs_manager_url": f"https://{host}", "gcs_version": "5.4.85", "non_functional": True}
    if kind == "GCSv4_host":
        return {"high_assurance": None, "DATA": [_server("gridftp.example-facility.org")]}
    return {
        "gcs_manager_url": f"https://{host}",
        "gcs_version": "5.4.85",
        "tlsftp_server": f"tlsftp://m-{short}.{host}:443",
        "https_server": f"https://m-{short}.{host}",
        "acl_available": kind == "GCSv5_guest_collection",
        "acl_editable": kind == "GCSv5_guest_collection",
        "DATA": [_server(f"m-{short}.{host}")],
    }


def _server(hostname: str) -> Document:
    return {
        "DATA_TYPE": "server",
        "id": 985,
        "hostname": hostname,
        "port": 443,
        "scheme": "tlsftp",
        "uri": f"tlsftp://{hostname}:443",
        "subject": None,
        "incoming_data_port_start": None,
        "incoming_data_port_end": None,
    }
