/** For the tests and benchmarks of other packages. */
export { ExtendedKeyUsage, type LeafOptions, TestAuthority } from './authority.js';
