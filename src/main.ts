import { getInput } from '@actions/core';
import { runEntry } from './github/entry.ts';
import { githubJob } from './github/job.ts';
import { readInputs } from './inputs.ts';
import { JobCancelled } from './job.ts';
import { run } from './register.ts';
import { notices } from './report/notices.ts';

void runEntry(async () => {
  const job = githubJob(process.env);
  try {
    const { passed } = await run(job, () => readInputs(getInput, job));
    return passed;
  } catch (error) {
    if (!(error instanceof JobCancelled)) throw error;
    job.log(notices.cancelled(error.signalName, job.manifest.client));
    return false;
  }
}, 'fail');
