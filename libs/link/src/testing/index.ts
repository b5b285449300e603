/** For the tests of other packages. */
export { type LeafOptions, TestAuthority } from './authority.js';
