/** The release of this package, as package.json has it. */
export const release = '0.1.0';
