using TorchLoss.Cli;

return Entry.Run(args, Shell.OfProcess());
