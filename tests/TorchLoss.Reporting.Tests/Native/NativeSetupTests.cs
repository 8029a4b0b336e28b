namespace TorchLoss.Reporting.Tests.Native;

public class NativeSetupTests
{
    [Fact]
    public void DiagnosisOfAHealthyMachineIsOk()
    {
        var report = NativeSetup.Diagnose();

        Assert.True(report.Ok, report.ToString());
        Assert.Contains(report.Checks, check => check is { Name: "first tensor", Ok: true });
        Assert.Contains(report.Checks, check => check is { Name: "TorchSharp", Detail: "0.107.0" });
        Assert.Equal(report.Checks.Count, report.Checks.Select(check => check.Name).Distinct().Count());
    }

    [Fact]
    public void EnsureLoadableMayBeCalledAgain()
    {
        NativeSetup.EnsureLoadable();
        NativeSetup.EnsureLoadable();
        using var one = torch.ones(1);
        Assert.Equal(1f, one.item<float>());
    }

    [Fact]
    public void ReportSaysWhatToDo()
    {
        var report = new NativeReport([new("a", Ok: true, "fine"), new("longer", Ok: false, "broken", "mend it")]);

        Assert.False(report.Ok);
        Assert.Contains("FAIL  longer  broken", report.ToString());
        Assert.Contains("-> mend it", report.ToString());
    }
}
