import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTrigger, type Trigger } from '../../src/github/trigger.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'register-cnspec-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Reads the trigger of a run from an event file as GitHub writes it. */
async function triggerOf(event: string, payload: unknown, actor = 'octocat'): Promise<Trigger> {
  return triggerOfText(event, JSON.stringify(payload), actor);
}

async function triggerOfText(event: string, text: string | Buffer, actor = 'octocat'): Promise<Trigger> {
  const file = path.join(folder, 'event.json');
  await writeFile(file, text);
  return readTrigger({ GITHUB_EVENT_NAME: event, GITHUB_EVENT_PATH: file, GITHUB_ACTOR: actor });
}

interface Repository {
  id?: number;
  full_name?: string;
  fork?: boolean;
}

/** The repository that the workflow runs in, and a fork of it. */
const SHOP: Repository = { id: 186853002, full_name: 'acme/shop', fork: false };
const FORK: Repository = { id: 523401776, full_name: 'mallory/shop', fork: true };

/** The part of GitHub's pull request payload that matters here. */
function pullRequest(head: Repository | null | undefined, base: Repository = SHOP) {
  return {
    action: 'synchronize',
    number: 7,
    pull_request: {
      head: { label: 'x:patch-1', ref: 'patch-1', sha: 'c0ffee', repo: head },
      base: { label: 'acme:main', ref: 'main', sha: 'decade', repo: base },
    },
    repository: base,
  };
}

const ORDINARY: Trigger = { event: 'pull_request', byDependabot: false, inFork: false };

describe('a run that gets secrets', () => {
  it('is triggered by a push', async () => {
    const push = { ref: 'refs/heads/main', repository: SHOP, head_commit: { id: 'c0ffee' } };
    expect(await triggerOf('push', push)).toEqual({ event: 'push', byDependabot: false, inFork: false });
  });

  it('is triggered by a pull request from the same repository', async () => {
    expect(await triggerOf('pull_request', pullRequest(SHOP))).toEqual(ORDINARY);
  });

  it('is triggered by a pull request within a repository that is itself a fork', async () => {
    expect(await triggerOf('pull_request', pullRequest(FORK, FORK))).toEqual({ ...ORDINARY, inFork: true });
  });

  it('is triggered by pull_request_target, which runs the code of the base, for any head', async () => {
    for (const head of [FORK, null]) {
      const trigger = await triggerOf('pull_request_target', pullRequest(head));
      expect(trigger).toEqual({ ...ORDINARY, event: 'pull_request_target' });
    }
  });

  it('is triggered by another event that mentions a pull request from a fork', async () => {
    expect(await triggerOf('issue_comment', pullRequest(FORK))).not.toHaveProperty('fork');
  });
});

describe('a run that gets no secrets because its code is from another repository', () => {
  it.each(['pull_request', 'pull_request_review', 'pull_request_review_comment'])(
    'is triggered by %s',
    async (event) => {
      expect(await triggerOf(event, pullRequest(FORK))).toEqual({
        ...ORDINARY,
        event,
        fork: { from: 'mallory/shop' },
      });
      expect(await triggerOf(event, pullRequest(SHOP))).not.toHaveProperty('fork');
    },
  );

  it.each([null, undefined])('comes from a fork that was deleted: head.repo is %s', async (head) => {
    expect((await triggerOf('pull_request', pullRequest(head))).fork).toEqual({ from: undefined });
  });

  it('comes from a fork of a fork, or from its upstream', async () => {
    const other = { id: 1, full_name: 'trent/shop', fork: true };
    expect(await triggerOf('pull_request', pullRequest(other, FORK))).toEqual({
      ...ORDINARY,
      inFork: true,
      fork: { from: 'trent/shop' },
    });
    expect((await triggerOf('pull_request', pullRequest(SHOP, FORK))).fork).toEqual({ from: 'acme/shop' });
  });

  it('comes from a repository of the same name with another id', async () => {
    const impostor = { ...SHOP, id: 99 };
    expect((await triggerOf('pull_request', pullRequest(impostor))).fork).toEqual({ from: 'acme/shop' });
  });
});

describe('repositories', () => {
  it('are the same by id, even if one was renamed in the meantime', async () => {
    const renamed = { ...SHOP, full_name: 'acme/store' };
    expect(await triggerOf('pull_request', pullRequest(renamed))).toEqual(ORDINARY);
  });

  it.each([
    ['the head’s', { full_name: 'acme/shop' }, SHOP],
    ['the base’s', SHOP, { full_name: 'acme/shop' }],
    ['both', { full_name: 'acme/shop' }, { full_name: 'acme/shop' }],
  ])('are compared by name if an id is missing: %s', async (_, head, base) => {
    expect(await triggerOf('pull_request', pullRequest(head, base))).not.toHaveProperty('fork');
    const other = { ...head, full_name: 'mallory/shop' };
    if (head !== SHOP) {
      expect((await triggerOf('pull_request', pullRequest(other, base))).fork).toEqual({
        from: 'mallory/shop',
      });
    }
  });
});

describe('Dependabot', () => {
  it.each([
    ['push', { repository: SHOP }],
    ['pull_request', pullRequest(SHOP)],
  ])('triggers runs by %s', async (event, payload) => {
    expect(await triggerOf(event, payload, 'dependabot[bot]')).toEqual({
      event,
      byDependabot: true,
      inFork: false,
    });
  });

  it.each(['dependabot', 'Dependabot[bot]', 'renovate[bot]', 'dependabot[bot]x', ''])(
    'is not another actor: %j',
    async (actor) => {
      expect((await triggerOf('push', { repository: SHOP }, actor)).byDependabot).toBe(false);
    },
  );
});

describe('without a readable event', () => {
  const NOTHING: Trigger = { event: 'pull_request', byDependabot: false, inFork: false };

  it.each([
    ['empty', ''],
    ['blank', ' \n'],
    ['cut off', '{"pull_request": {"head": {"repo": null}'],
    ["of bytes that aren't text", Buffer.from([0xff, 0xfe, 0x00])],
    ['null', 'null'],
    ['a number', '12'],
    ['a list', '[{"pull_request": {}}]'],
    ['an empty object', '{}'],
  ])('nothing is known to be withheld: the file is %s', async (_, text) => {
    expect(await triggerOfText('pull_request', text)).toEqual(NOTHING);
  });

  it.each([undefined, '', '/nowhere/event.json', os.tmpdir()])(
    'nothing is known to be withheld: the path is %s',
    async (file) => {
      const env = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: file };
      expect(await readTrigger(env)).toEqual(NOTHING);
    },
  );

  it('the event has no name if the environment is empty', async () => {
    expect(await readTrigger({})).toEqual({ event: '', byDependabot: false, inFork: false });
  });

  it('a missing file is not an error', async () => {
    const text = fc.oneof(fc.string(), fc.json());
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom('push', 'pull_request'), async (text, event) => {
        expect(await triggerOfText(event, text)).toMatchObject({ event, byDependabot: false });
      }),
    );
  });
});

describe("a payload that differs from GitHub's", () => {
  it.each([null, {}, { head: null }, { base: {} }])(
    'is not a pull request from a fork: %j',
    async (pull_request) => {
      expect(await triggerOf('pull_request', { pull_request })).not.toHaveProperty('fork');
    },
  );
});

describe('Dependabot as the actor', () => {
  it.each(['push', 'create', 'pull_request', 'deployment'])(
    'withholds secrets from a run of %s',
    async (event) => {
      expect((await triggerOf(event, {}, 'dependabot[bot]')).byDependabot).toBe(true);
    },
  );

  it.each(['schedule', 'workflow_dispatch', 'pull_request_target'])(
    'withholds nothing from a run of %s',
    async (event) => {
      expect((await triggerOf(event, {}, 'dependabot[bot]')).byDependabot).toBe(false);
    },
  );
});
