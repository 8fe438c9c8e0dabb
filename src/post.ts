import { run } from './cleanup.ts';
import { guarded } from './report/crash.ts';

await guarded(run, 'warn');
