/**
 * Stands in for controller and agent: says that it is ready, and ends when asked to.
 * Arguments: mode (well, deaf, dying, failing, mute, lost, found), path of a diary, then the arguments as `up` gives them.
 */
import { appendFileSync } from 'node:fs';

const [mode, diary, name, ...argv] = process.argv.slice(2);
const note = (what) => appendFileSync(diary, `${name} ${what}\n`);

if (argv.includes('--locate')) {
  if (mode === 'broken') throw new Error('no search today');
  console.log(
    mode === 'lost'
      ? 'null'
      : JSON.stringify({ url: 'unix:///run/x.sock', source: 'DOCKER_HOST', version: 'docker 28.5.2' }),
  );
} else if (mode === 'failing' && name === 'agent') {
  console.error('the database is on fire');
  process.exitCode = 7;
} else {
  process.on('SIGTERM', () => {
    note('asked to stop');
    if (mode === 'deaf') return;
    note('stopped');
    process.disconnect();
  });
  // Keeps the channel open, and so this process alive.
  process.on('disconnect', () => undefined);
  note(`started ${argv.join(' ')}`);
  if (mode !== 'mute') process.send({ type: 'ready', address: 'http://127.0.0.1:7999' });
  if (mode === 'dying' && name === 'agent') {
    console.log('I feel unwell');
    process.disconnect();
    process.exitCode = 3;
  }
}
