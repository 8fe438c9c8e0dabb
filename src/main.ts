import { run } from './register.ts';
import { guarded } from './report/crash.ts';

await guarded(run, 'fail');
