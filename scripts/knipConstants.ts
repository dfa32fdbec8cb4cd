// Tells knip what is not dead although nobody uses it: the constants of a protocol, a table of the processor or an errno list
// are written down whole, so that the next who needs one finds it. Functions and types get no such grace.
import type { Preprocessor } from 'knip';

const constant = /^[A-Z][A-Z0-9_]*$/;

const dropUnusedConstants: Preprocessor = (options) => {
  // An export counts as one of a namespace when somebody imports the whole file by a name.
  for (const kind of ['exports', 'nsExports'] as const) {
    const found = options.issues[kind];
    for (const [file, issues] of Object.entries(found)) {
      for (const [key, { symbol }] of Object.entries(issues)) {
        if (!file.startsWith('engine/') || !constant.test(symbol)) continue;
        Reflect.deleteProperty(issues, key);
        options.counters[kind]--;
      }
      if (Object.keys(issues).length === 0) Reflect.deleteProperty(found, file);
    }
  }
  return options;
};

export default dropUnusedConstants;
