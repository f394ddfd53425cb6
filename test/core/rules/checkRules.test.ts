import assert from 'node:assert/strict';
import { wrongRules } from '../../../src/core/rules/checkRules.ts';
import { DEFAULT_RULES } from '../../../src/core/rules/defaultRules.ts';

describe('the check of the category rules', () => {
  const wrong: [unknown, RegExp][] = [
    ['Anime', /^"Anime" is no list of rules \{ category, when \}$/],
    [['Anime'], /^rule 1: "Anime" is no rule/],
    [[null], /^rule 1: null is no rule; a rule is \{ category, when \}$/],
    [[{}], /^rule 1: has no "category"/],
    [[{ category: 5 }], /^rule 1: "category" is 5, but must be a folder below the sorted folder/],
    [[{ category: ' ' }], /^rule 1: "category" is " ", but must be a folder below the sorted folder/],
    [[{ category: 'A', colour: 1 }], /^rule 1: has the unknown key "colour"; known are category, when, several, none$/],
    [[{ category: 'A', when: undefined }], /^rule 1: "when" is nothing, but must be an object of conditions$/],
    [[{ category: '' }], /^rule 1: "category" is "", but must be a folder below the sorted folder/],
    [[{ category: 'x'.repeat(501) }], /"category" is "x+\.\.\., but must be .* 1 to 500 characters/],
    [[{ category: 'Anime/{series}' }], /without "\{series\}"; placeholders are \{copyright\}, \{character\}/],
    [[{ category: 'Anime/{copyright' }], /without "\{"/],
    [[{ category: 'A', several: 'all' }], /"several" is "all", but must be one of first, join, leave-out, next-rule$/],
    [[{ category: 'A', none: 1 }], /"none" is 1, but must be one of leave-out, next-rule$/],
    [[{ category: 'A', when: [] }], /"when" is \[\], but must be an object of conditions$/],
    [[{ category: 'A', when: { tag: ['x'] } }], /unknown key "when\.tag"; known are tags, characters/],
    [[{ category: 'A', when: { tags: [] } }], /"when\.tags" is \[\], but must be a list of globs/],
    [[{ category: 'A', when: { tags: ['*a*a*a*a*a*'] } }], /at most 5 stars/],
    [[{ category: 'A', when: { tags: ['a', 5] } }], /"when\.tags" is \["a",5\], but must be a list of globs/],
    [[{ category: 'A', when: { characters: ['a', ' '] } }], /"when\.characters" is \["a"," "\], but must be a list/],
    [[{ category: 'A', when: { artists: ['a'.repeat(201)] } }], /"when\.artists" is .* of 1 to 200 characters/],
    [[{ category: 'A', when: { style: ['photo', 'painting'] } }], /"when\.style" is \["photo","painting"\]/],
    [
      [{ category: 'A', when: { style: ['painting'] } }],
      /"when\.style" is \["painting"\], but must be a list of drawing/,
    ],
    [[{ category: 'A', when: { persons: 1.5 } }], /"when\.persons" is 1\.5, but must be a whole number from 0, or \{/],
    [[{ category: 'A', when: { persons: {} } }], /"when\.persons" is \{\}, but must be a whole number/],
    [[{ category: 'A', when: { persons: { min: 1, of: 2 } } }], /"when\.persons" is .*, but must be a whole number/],
    [[{ category: 'A', when: { persons: { min: 'one' } } }], /"when\.persons" is .*, but must be a whole number/],
    [[{ category: 'A', when: { persons: { min: 1, max: -1 } } }], /"when\.persons" is .*, but must be a whole number/],
    [[{ category: 'A', when: { similarity: { min: -1, max: 90 } } }], /a number from 0 to 100/],
    [[{ category: 'A', when: { similarity: { max: 100.5 } } }], /a number from 0 to 100/],
    [[{ category: 'A', when: { persons: { atLeast: 1 } } }], /or \{ "min": …, "max": … \}/],
    [[{ category: 'A', when: { persons: { min: 3, max: 1 } } }], /whose "min" is not above its "max"/],
    [[{ category: 'A', when: { similarity: 101 } }], /a number from 0 to 100/],
    [[{ category: 'A', when: { size: 5 } }], /an object of bytes, width, height, pixels/],
    [[{ category: 'A', when: { size: { mb: 5 } } }], /unknown key "when\.size\.mb"/],
    [[{ category: 'A', when: { size: { bytes: -1 } } }], /"when\.size\.bytes" is -1/],
    [[{ category: 'A', when: { size: { bytes: 0.5 } } }], /"when\.size\.bytes" is 0\.5, but must be a whole number/],
    [[{ category: 'A', when: { size: { width: 0.5 } } }], /"when\.size\.width" is 0\.5, but must be a whole number/],
    [[{ category: 'A', when: { size: { height: 0.5 } } }], /"when\.size\.height" is 0\.5, but must be a whole number/],
    [[{ category: 'A', when: { size: { pixels: 0.5 } } }], /"when\.size\.pixels" is 0\.5, but must be a whole number/],
    [[{ category: 'A', when: { format: ['jpg'] } }], /a list of jpeg, png/],
    [[{ category: 'A', when: { matched: 'yes' } }], /true or false/],
  ];
  for (const [value, message] of wrong) {
    it(`refuses ${JSON.stringify(value).slice(0, 70)}, saying what is allowed`, () => {
      const problems = wrongRules(value);
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] ?? '', message);
    });
  }

  it('names everything that is wrong at once, each with its rule', () => {
    const problems = wrongRules([
      { category: 'A' },
      { category: 'B', when: { persons: -1, style: 'x' } },
      { category: '{x}' },
    ]);
    assert.deepEqual(
      problems.map((p) => p.slice(0, 7)),
      ['rule 2:', 'rule 2:', 'rule 3:'],
    );
  });

  it('shows what is wrong as a whole where it is short', () => {
    for (const [length, shown] of [
      [78, `"${'x'.repeat(78)}"`],
      [79, `"${'x'.repeat(76)}...`],
    ] as const) {
      const [problem = ''] = wrongRules([{ category: 'A', none: 'x'.repeat(length) }]);
      assert.ok(problem.startsWith(`rule 1: "none" is ${shown}, but must be`), problem);
    }
  });

  it('takes the least and the most that is allowed', () => {
    const globs = ['a', 'b'.repeat(200), '*c*c*c*c*', '**d**e**f**g**', '?'];
    for (const persons of [0, { min: 0 }, { max: 0 }, { min: 2, max: 2 }]) {
      const when = { tags: globs, style: ['photo', 'drawing'], persons, similarity: { min: 0, max: 100 } };
      assert.deepEqual(wrongRules([{ category: 'x'.repeat(500), when }]), []);
    }
  });

  it('takes the default rules and all that a rule can say', () => {
    assert.deepEqual(wrongRules(DEFAULT_RULES), []);
    const range = { min: 1, max: 2 };
    const size = { bytes: 1, width: range, height: range, pixels: { max: 5 } };
    const when = { tags: ['a*'], style: ['photo'], persons: range, similarity: 90.5, size, format: ['heif'] };
    assert.deepEqual(wrongRules([{ category: '{artist}/x', when, several: 'join', none: 'next-rule' }]), []);
  });
});
