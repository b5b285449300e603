import { engineConformance } from '../conformance/index.js';
import { createSimulatedEngine } from './index.js';

engineConformance('the simulated engine', () => {
  const engine = createSimulatedEngine();
  const networks = (network: string | undefined) => (network === undefined ? {} : { networks: [network] });
  const done = (act: () => void): Promise<void> => Promise.resolve().then(act);
  return Promise.resolve({
    engine,
    host: {
      run: (name, network) => Promise.resolve(engine.addContainer({ name, ...networks(network) })),
      create: (name, network) => Promise.resolve(engine.addContainer({ name, ...networks(network), state: 'created' })),
      start: (container) => done(() => engine.startContainer(container)),
      stop: (container) => done(() => engine.stopContainer(container)),
      remove: (container) => done(() => engine.removeContainer(container)),
      restart: () => done(() => engine.restart()),
      goDown: () => done(() => engine.setDown(true)),
      comeUp: () => done(() => engine.setDown(false)),
      tearDown: () => Promise.resolve(),
    },
  });
});
