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

/** Reads what set a run off, from an event as GitHub leaves it in a file. */
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

/** A pull request as GitHub tells of it, as far as it is of interest. */
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
  it('is set off by a push', async () => {
    const push = { ref: 'refs/heads/main', repository: SHOP, head_commit: { id: 'c0ffee' } };
    expect(await triggerOf('push', push)).toEqual({ event: 'push', byDependabot: false, inFork: false });
  });

  it('is set off by a pull request from the same repository', async () => {
    expect(await triggerOf('pull_request', pullRequest(SHOP))).toEqual(ORDINARY);
  });

  it('is set off by a pull request inside of a repository that is itself a fork', async () => {
    expect(await triggerOf('pull_request', pullRequest(FORK, FORK))).toEqual({ ...ORDINARY, inFork: true });
  });

  it('is set off by pull_request_target, whose code is the base’s, wherever the head is', async () => {
    for (const head of [FORK, null]) {
      const trigger = await triggerOf('pull_request_target', pullRequest(head));
      expect(trigger).toEqual({ ...ORDINARY, event: 'pull_request_target' });
    }
  });

  it('is set off by another event that tells of a pull request from a fork', async () => {
    expect(await triggerOf('issue_comment', pullRequest(FORK))).not.toHaveProperty('fork');
  });
});

describe('a run that gets none, as its code is another repository’s,', () => {
  it.each(['pull_request', 'pull_request_review', 'pull_request_review_comment'])(
    'is set off by %s',
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

  it('comes from a fork of a fork, or from above it', async () => {
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
  it('are the same by id, also when one was renamed meanwhile', async () => {
    const renamed = { ...SHOP, full_name: 'acme/store' };
    expect(await triggerOf('pull_request', pullRequest(renamed))).toEqual(ORDINARY);
  });

  it.each([
    ['the head’s', { full_name: 'acme/shop' }, SHOP],
    ['the base’s', SHOP, { full_name: 'acme/shop' }],
    ['both', { full_name: 'acme/shop' }, { full_name: 'acme/shop' }],
  ])('are compared by name where an id is missing: %s', async (_, head, base) => {
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
  ])('sets runs off by %s', async (event, payload) => {
    expect(await triggerOf(event, payload, 'dependabot[bot]')).toEqual({
      event,
      byDependabot: true,
      inFork: false,
    });
  });

  it.each(['dependabot', 'Dependabot[bot]', 'renovate[bot]', 'dependabot[bot]x', ''])(
    'is nobody else: %j',
    async (actor) => {
      expect((await triggerOf('push', { repository: SHOP }, actor)).byDependabot).toBe(false);
    },
  );
});

describe('without an event to read', () => {
  const NOTHING: Trigger = { event: 'pull_request', byDependabot: false, inFork: false };

  it.each([
    ['empty', ''],
    ['blank', ' \n'],
    ['cut off', '{"pull_request": {"head": {"repo": null}'],
    ['of bytes that are no text', Buffer.from([0xff, 0xfe, 0x00])],
    ['null', 'null'],
    ['a number', '12'],
    ['a list', '[{"pull_request": {}}]'],
    ['an empty object', '{}'],
  ])('nothing is withheld, as far as is known: the file is %s', async (_, text) => {
    expect(await triggerOfText('pull_request', text)).toEqual(NOTHING);
  });

  it.each([undefined, '', '/nowhere/event.json', os.tmpdir()])(
    'nothing is withheld, as far as is known: the path is %s',
    async (file) => {
      const env = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: file };
      expect(await readTrigger(env)).toEqual(NOTHING);
    },
  );

  it('the event has no name where there is no environment', async () => {
    expect(await readTrigger({})).toEqual({ event: '', byDependabot: false, inFork: false });
  });

  it('no file is an error', async () => {
    const text = fc.oneof(fc.string(), fc.json());
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom('push', 'pull_request'), async (text, event) => {
        expect(await triggerOfText(event, text)).toMatchObject({ event, byDependabot: false });
      }),
    );
  });
});

describe('a payload that is not as GitHub sends it', () => {
  it.each([null, {}, { head: null }, { base: {} }])(
    'is no pull request from a fork: %j',
    async (pull_request) => {
      expect(await triggerOf('pull_request', { pull_request })).not.toHaveProperty('fork');
    },
  );
});

describe('Dependabot as the actor', () => {
  it.each(['push', 'create', 'pull_request', 'deployment'])(
    'keeps secrets from a run of %s',
    async (event) => {
      expect((await triggerOf(event, {}, 'dependabot[bot]')).byDependabot).toBe(true);
    },
  );

  it.each(['schedule', 'workflow_dispatch', 'pull_request_target'])(
    'keeps none from a run of %s',
    async (event) => {
      expect((await triggerOf(event, {}, 'dependabot[bot]')).byDependabot).toBe(false);
    },
  );
});
