// The official JavaScript SDK: a timer's life and a folder, with tokens of the service account.
import { timers, transfer } from "@globus/sdk";

const env = process.env;
const said = (name, outcome, remark = "") => console.log(JSON.stringify([name, outcome, remark]));
async function step(name, run) {
  try { said(name, "ok", (await run()) ?? ""); }
  catch (wrong) { said(name, "fault", String(wrong).slice(0, 600)); }
}
async function token(scope) {
  const basic = Buffer.from(`${env.GLOBUS_CLI_CLIENT_ID}:${env.GLOBUS_CLI_CLIENT_SECRET}`).toString("base64");
  const answer = await fetch(`${env.GLOBUS_SDK_SERVICE_URL_AUTH}v2/oauth2/token`, {
    method: "POST",
    headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ grant_type: "client_credentials", scope }),
  });
  return { headers: { Authorization: `Bearer ${(await answer.json()).access_token}` } };
}
async function good(answer) {
  const document = await (await answer).json();
  if (!(await answer).ok) throw new Error(`${(await answer).status}: ${JSON.stringify(document)}`);
  return document;
}

const ofTimers = await token("https://auth.globus.org/scopes/524230d7-ea86-4a52-8312-86065a9e0417/timer");
const ofTransfer = await token("urn:globus:auth:scope:transfer.api.globus.org:all");
const body = {
  DATA_TYPE: "transfer", source_endpoint: env.WALK_DEPOT, destination_endpoint: env.WALK_ARCHIVE,
  DATA: [{ DATA_TYPE: "transfer_item", source_path: "/results/", destination_path: "/archive/projects/", recursive: true }],
};
let id;
await step("list", async () => {
  const { jobs } = await good(timers.jobs.getAll(ofTimers));
  if (jobs.length < 50) throw new Error(`${jobs.length} timers`);
});
await step("create", async () => {
  const schedule = { type: "recurring", interval_seconds: 3600, start: new Date(Date.now() + 36e5).toISOString() };
  const made = await good(timers.timer.create({ payload: { timer: { timer_type: "transfer", name: "walk", schedule, body } }, ...ofTimers }));
  id = made.timer.job_id;
});
await step("pause", () => good(timers.jobs.pause(id, ofTimers)).then(() => ""));
await step("resume", () => good(timers.jobs.resume(id, { payload: { update_credentials: false }, ...ofTimers })).then(() => ""));
await step("show", async () => {
  const found = await good(timers.jobs.get(id, ofTimers));
  if (found.status !== "active") throw new Error(found.status);
});
await step("delete", () => good(timers.jobs.remove(id, ofTimers)).then(() => ""));
await step("folders", async () => {
  const found = await good(transfer.fileOperations.ls(env.WALK_DEPOT, { query: { path: "/" }, ...ofTransfer }));
  if (!found.DATA.some((one) => one.name === "results")) throw new Error("no results");
});
