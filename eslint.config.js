import js from '@eslint/js';
import tseslint from 'typescript-eslint';

// The layers of docs/architecture.md. dependency-cruiser (.dependency-cruiser.cjs) is the gate; these give the squiggle in the editor.
const noVscode = { name: 'vscode', message: 'Only src/extension.ts and src/vscode may know VS Code.' };
const forbid = (files, ignores, patterns) => ({
  files,
  ignores,
  rules: { 'no-restricted-imports': ['error', { paths: [noVscode], patterns }] },
});

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'media/review/',
      'node_modules/',
      '.vscode-host/',
      '.vscode-test/',
      'test-results/',
      'coverage/',
      'demo/',
    ],
  },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      eqeqeq: 'error',
    },
  },
  forbid(
    ['src/core/**'],
    [],
    [
      {
        regex: '(adapters|vscode|terminal|compose|protocol)(/|\\.ts)',
        message: 'The core imports nothing from outside itself.',
      },
    ],
  ),
  forbid(
    ['src/adapters/**'],
    [],
    [{ regex: '(^|/)(vscode|terminal|compose|protocol)(/|\\.ts)', message: 'Adapters know the core only.' }],
  ),
  {
    // what a person reads goes through l10n.t (scripts/translations.ts checks that it has its Japanese); the log is English
    files: ['src/vscode/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression[callee.property.name=/^show(Information|Warning|Error)Message$/] > :matches(Literal, TemplateLiteral)',
          message: 'Give people l10n.t(…): a literal has no translation.',
        },
        {
          selector:
            'Property[key.name=/^(title|label|placeHolder|prompt|openLabel|tooltip|detail|button)$/] > :matches(Literal[value=/^(?!Image Inbox$).*[a-z] ?[a-z]/], TemplateLiteral[quasis.0.value.raw=/[a-z]/]).value',
          message: 'Give people l10n.t(…): a literal has no translation.',
        },
      ],
    },
  },
  forbid(['src/terminal/**', 'src/cli.ts', 'src/compose*.ts', 'src/protocol/**', 'webview/**'], [], []),
  {
    // describe/it callbacks and assertion chains
    files: ['test/**', 'bench/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { module: 'writable', require: 'readonly', __dirname: 'readonly', __filename: 'readonly' },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
