#!/usr/bin/env node
// Stands in for node-gyp, which prebuildify calls as `node-gyp rebuild --target=... --devdir=... --arch=... --release`
// in its staging folder and whose result it takes from build/Release there.
const { execFileSync } = require('node:child_process');
const { copyFileSync, mkdirSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
execFileSync(process.execPath, [require.resolve('ts-node/dist/bin'), join(__dirname, 'build-native.ts')], {
  cwd: root,
  stdio: 'inherit',
});
const staged = join(process.cwd(), 'build', 'Release');
mkdirSync(staged, { recursive: true });
copyFileSync(join(root, 'build', 'Release', 'loader.node'), join(staged, 'loader.node'));
