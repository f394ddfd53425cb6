// in the place of folderProbeProcess: a look at a folder that never comes back, and that asking nicely does not end
process.on('message', () => setInterval(() => undefined, 1000));
process.on('disconnect', () => undefined);
process.on('SIGTERM', () => undefined);
