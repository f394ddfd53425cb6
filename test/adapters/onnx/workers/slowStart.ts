// an analyzer thread that takes longer than anybody waits
setInterval(() => undefined, 1000);
