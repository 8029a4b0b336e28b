using System.CommandLine;

namespace TorchLoss.Cli.Commands;

/// <summary><c>torchloss doctor</c>: does TorchSharp run here, and if not, what to do.</summary>
static class DoctorCommand
{
    public static Command Create(Shell shell)
    {
        var json = new Option<bool>("--json") { Description = "Write the checks as JSON" };
        var command = new Command(
            "doctor",
            "Checks native libraries, threads, devices and versions, and says what to do"
        )
        {
            json,
        };
        command.SetAction(parsed =>
        {
            var report = NativeSetup.Diagnose();
            if (parsed.GetValue(json))
            {
                shell.Out.WriteLine(Json.Line(report));
            }
            else
            {
                shell.Out.Write(report);
                shell.Out.WriteLine(
                    report.Ok ? "TorchSharp runs here." : "TorchSharp does not run here; see the lines marked FAIL."
                );
            }

            return report.Ok ? ExitCode.Ok : ExitCode.Environment;
        });
        return command;
    }
}
