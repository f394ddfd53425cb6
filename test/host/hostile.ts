/** What would do harm where text is taken for more than text: HTML, templates, links of Markdown to commands, marks and lines. */
export const HOSTILE = {
  names: [
    '<img src=x onerror="window.hacked=1">.jpg',
    '${workspaceFolder} [go](command:workbench.action.quit).jpg',
    'two\nlines \u202egpj.exe\u202c.jpg',
  ],
  tags: [
    '<img src=x onerror="window.hacked=2">',
    '${process.env.HOME}',
    '](command:workbench.action.quit)',
    'a\n\u202eb',
  ],
} as const;
