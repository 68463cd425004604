/** `import torch from 'tsorch'`, `import * as torch`, `import { randn }` and `require` all give these names. */
import * as torch from './torch';

export * from './torch';
export default torch;
