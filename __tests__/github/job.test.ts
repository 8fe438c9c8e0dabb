import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { openJob } from './open-job.ts';

describe('a job', () => {
  it.each([
    ['acme/shop', 'scan', 'acme/shop/scan'],
    ['acme/shop', '', 'acme/shop'],
    ['', 'scan', 'scan'],
    ['', '', os.hostname()],
  ])('names a client after its repository %j and its id %j', (GITHUB_REPOSITORY, GITHUB_JOB, name) => {
    expect(openJob({ GITHUB_REPOSITORY, GITHUB_JOB }).defaultName).toBe(name);
  });

  it('uses the current folder as its workspace if the runner names none', () => {
    expect(openJob({ GITHUB_WORKSPACE: '/home/runner/work/shop/shop' }).workspace).toBe(
      '/home/runner/work/shop/shop',
    );
    expect(openJob({ GITHUB_WORKSPACE: '' }).workspace).toBe(process.cwd());
  });

  it('labels a client with its run, and with no secret', () => {
    const env = {
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_WORKFLOW: 'CI',
      GITHUB_JOB: 'scan',
      GITHUB_RUN_ID: '42',
      GITHUB_SHA: 'c0ffee',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_TOKEN: 'ghs_secret',
    };
    expect(openJob(env).labels).toEqual({
      'github.com/repository': 'acme/shop',
      'github.com/workflow': 'CI',
      'github.com/job': 'scan',
      'github.com/run-id': '42',
      'github.com/sha': 'c0ffee',
      'github.com/ref': 'refs/heads/main',
    });
    expect(openJob({ GITHUB_JOB: 'scan', GITHUB_SHA: '' }).labels).toEqual({ 'github.com/job': 'scan' });
  });
});
