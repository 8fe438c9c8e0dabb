// Loaded into a process (`node --require`) to write its peak memory, in KiB, to the file that BENCH_PEAK_MEMORY
// names. CommonJS, because loading an ES module first would change what is measured.
const { readFileSync, writeFileSync } = require('node:fs');

process.on('exit', () => writeFileSync(process.env.BENCH_PEAK_MEMORY, String(peakMemory())));

function peakMemory() {
  // On Linux maxRSS begins with that of the process which forked this one; VmHWM is this program's own.
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  return /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))[1];
}
