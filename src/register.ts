import { requireSpace } from './credentials/identity.ts';
import { documentSecrets } from './credentials/secrets.ts';
import { identify } from './identify.ts';
import type { Inputs } from './inputs.ts';
import type { Job, Work } from './job.ts';
import type { ServiceAccount } from './platform/account.ts';
import { agentInfo, VERSION } from './platform/agent-info.ts';
import { CallError } from './platform/call-error.ts';
import { PlatformClient } from './platform/client.ts';
import { Deadline } from './platform/deadline.ts';
import { checkAccount, checkPlatform, isAccepted, isClockUnknown, type StatusCheck } from './platform/status-check.ts';
import { logRetries, notices } from './report/notices.ts';
import { signIn } from './sign-in.ts';
import type { Registration, Result } from './status/result.ts';
import { type Gate, STRICTEST, type Verdict, verdictOn } from './status/verdict.ts';
import { ActionError } from './util/errors.ts';
import { describeHost, NO_HOST } from './util/host.ts';
import { compareStatus, findProgram, installProgram } from './verify-cnspec.ts';
import { publishConfig, renderConfig, reserveFiles } from './write-config.ts';

/**
 * The work of main: gathers what `register` finds until the gate fails, undoes what it did unless mondoo.yml is in
 * its place, and reports.
 * @param readInputs masks the secrets among the inputs first; throws ActionError
 * @throws JobCancelled
 */
export async function run(job: Job, readInputs: () => Inputs | Promise<Inputs>): Promise<Verdict> {
  await using rollback = new AsyncDisposableStack();
  let result: Result = { startedAt: new Date(), host: NO_HOST, registration: { wanted: false, name: '' } };
  let gate: Gate = STRICTEST;
  try {
    // First, so that post reads our state, not one that another step put into the environment.
    job.remember({});
    result = { ...result, host: await describeHost() };
    const inputs = await readInputs();
    gate = inputs;
    const deadline = new Deadline(inputs.timeout, job.signal);
    let hasFindings = false;
    for await (const found of register({ ...result, inputs, job, deadline, rollback })) {
      const isTimeUp = deadline.remaining() <= 0;
      // If another finding used up the time, cnspec isn't the cause.
      if (hasFindings && isTimeUp && found.cnspec) found.cnspec = { ...found.cnspec, failure: undefined };
      result = { ...result, ...found };
      job.throwIfOver();
      const { passed, findings } = verdictOn(result, gate);
      hasFindings = findings.length > 0;
      // After the timeout nothing new begins, even if fail-on tolerates what it caused.
      if (!passed || (hasFindings && isTimeUp)) break;
    }
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    result = { ...result, error };
  }
  // In a container job no signal arrives. If the runner is at another step, post may have deleted our files: report that.
  const superseded = job.findSuperseded();
  if (superseded) result = { ...result, error: superseded };

  const verdict = verdictOn(result, gate);
  const isPublished = verdict.passed && result.configPath !== undefined;
  if (!isPublished) await rollback.disposeAsync();
  // A job that is cancelled while the step undoes gets no report.
  if (!superseded) job.signal.throwIfAborted();
  try {
    job.report(result, verdict, gate);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    const [failure = error] = verdictOn({ ...result, error }, gate).fatal;
    job.reportFailure(failure, verdict);
    return { ...verdict, passed: false };
  }
  // From here on post cleans up. Every other way out of this function undoes.
  if (isPublished) rollback.move();
  return verdict;
}

/** Does the work and yields what it finds, part by part. The registration comes late, because it can't be undone. */
async function* register(work: Work): AsyncGenerator<Partial<Result>> {
  const { inputs, job, deadline } = work;
  const identified = await identify(work);
  const { identity, account, route, origin } = identified;
  let { registration } = identified;
  yield { identity, registration, account, origin };
  requireSpace(identity, inputs.expectSpace);

  const { config, keyFile } = await reserveFiles(identified, work);
  let program = inputs.cnspecVersion ? {} : await findProgram(work);
  if (program.result) yield { cnspec: program.result };

  using platform = new PlatformClient({ ...route, deadline, onRetry: logRetries(job) });
  let check: StatusCheck | undefined;
  if (keyFile || inputs.cnspecVersion) {
    // Check the platform before a registration token mints a client, or cnspec is downloaded.
    check = await checkPlatform(platform);
    yield { check };
  }
  if (inputs.cnspecVersion) {
    program = await installProgram(inputs.cnspecVersion, route.named, work);
    yield { cnspec: program.result, installed: program.installed };
  }

  const { session, found } = await signIn({ ...work, ...identified, platform, keyFile, check });
  // The key in the layout in which it is written.
  if (session) job.mask(documentSecrets(session.document));
  yield found;
  if (!session) return;
  registration = found.registration ?? registration;
  check = await checkAccount(platform, session.account, check);
  if (isClockUnknown(check)) job.warn(notices.unknownClock);
  yield { check };

  const render = () => renderConfig(session, registration.clientMrn, identified, work);
  if (program.executable) {
    config.write(render().text);
    const { mrn: serviceAccount, apiEndpoint: endpoint } = session.account;
    const expected = { serviceAccount, endpoint, authenticated: isAccepted(check), client: registration.clientMrn };
    const compared = await compareStatus(program.executable, config.temporaryPath, expected, work);
    yield { cnspec: { ...program.result, ...compared } };
  }
  registration = await registerClient(platform, session.account, { ...work, registration, check });
  yield { registration };

  if (!job.keepsConfig) return;
  await publishConfig(config, render(), session, work);
  yield { configPath: config.path };
}

/** Registers a client, if one is wanted and none is there yet. It can't be undone, as other jobs may use the account. */
async function registerClient(
  platform: PlatformClient,
  account: ServiceAccount,
  { job, host, registration, check }: Work & { registration: Registration; check: StatusCheck },
): Promise<Registration> {
  const { wanted, name, clientMrn } = registration;
  if (!wanted || clientMrn !== undefined || check.ping !== 'accepted') return registration;
  try {
    const info = agentInfo(host, VERSION, job.labels);
    return { ...registration, clientMrn: await platform.registerAgent(account, name, info) };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { ...registration, error, failedAt: new Date() };
  }
}
