using System.CommandLine;
using TorchLoss.Cli;
using TorchLoss.Cli.Commands;

var root = new RootCommand("torchloss: the right loss for a model, correct, fast, and visibly at work.")
{
    VerifyCommand.Create(),
    ListCommand.Create(),
    ShowCommand.Create(),
    DoctorCommand.Create(),
};
return Entry.Run(root, args);
