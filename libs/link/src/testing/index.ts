/** For the tests of other packages. */
export { ExtendedKeyUsage, type LeafOptions, TestAuthority } from './authority.js';
