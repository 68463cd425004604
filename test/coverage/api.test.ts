/** Public names: those listed as impossible are not there, and a namespace that is complete stays so. */
import assert from 'node:assert/strict';
import { type Coverage, coverage } from './api';
import { COMPLETE } from './namespaces';

describe('coverage of the API', () => {
  let namespaces: Coverage[];
  before(async () => {
    namespaces = await coverage();
  });

  it('lists as impossible only public names that are not there', () => {
    const wrong = namespaces.flatMap(({ namespace, wronglyListed }) =>
      wronglyListed.map((name) => `${namespace}.${name}`),
    );
    assert.deepEqual(wrong, []);
  });

  it('keeps complete what is complete', () => {
    const lost = namespaces.filter(({ namespace }) => COMPLETE.includes(namespace));
    assert.equal(lost.length, COMPLETE.length);
    assert.deepEqual(
      lost.flatMap(({ namespace, missing }) => missing.map((name) => `${namespace}.${name}`)),
      [],
    );
  });
});
