/** User settings that keep VS Code from putting anything of its own on the screen or in the focus. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden', // else a chat panel takes the focus
  'workbench.quickOpen.closeOnFocusLost': false, // else a quick input can vanish before it is typed into
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'chat.disableAIFeatures': true, // else an agent host process, and its log
  'extensions.ignoreRecommendations': true,
  'remote.autoForwardPorts': false,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
  'telemetry.telemetryLevel': 'off',
  'git.enabled': false,
};
