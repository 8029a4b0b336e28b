using TorchLoss.Cli.Losses;

namespace TorchLoss.Cli.Tests;

/// <summary>list, show, doctor, help, and losses as the command line writes them.</summary>
public sealed class CatalogueCommandTests
{
    [Fact]
    public void List_has_every_loss()
    {
        var list = Command.Succeed("list", "--json").Json;
        Assert.Equal(LossCatalog.All.Count, list.GetArrayLength());
        var focal = list.EnumerateArray().Single(l => l.GetProperty("name").GetString() == "FocalLoss");
        Assert.Equal("focal_loss", focal.GetProperty("function").GetString());
        Assert.Equal("classification", focal.GetProperty("family").GetString());
        Assert.Contains(
            "alpha",
            focal.GetProperty("options").EnumerateArray().Select(o => o.GetProperty("name").GetString())
        );
        Assert.Contains($"{LossCatalog.All.Count} losses", Command.Succeed("list").Out, StringComparison.Ordinal);
        Command.Refused(2, ["--family", "nonsense", "regression"], "list", "--family", "nonsense");
    }

    [Fact]
    public void Every_loss_can_be_shown()
    {
        foreach (var loss in LossCatalog.All)
        {
            var text = Command.Succeed("show", loss.Name).Out;
            Assert.Contains(loss.Function, text, StringComparison.Ordinal);
            Assert.All(loss.Options, option => Assert.Contains(option.Name, text, StringComparison.Ordinal));
        }

        Command.Refused(2, ["FocalLos", "Did you mean", "FocalLoss"], "show", "FocalLos");
    }

    [Fact]
    public void Doctor_finds_this_machine_well()
    {
        Assert.Contains("TorchSharp runs here", Command.Succeed("doctor").Out, StringComparison.Ordinal);
        Assert.True(Command.Succeed("doctor", "--json").Json.GetProperty("ok").GetBoolean());
    }

    [Fact]
    public void Help_names_every_option()
    {
        var help = Command.Succeed("train", "--help").Out;
        Assert.All(
            (string[])["--data", "--target", "--loss", "--epochs", "--resume", "--json", "penguins"],
            word => Assert.Contains(word, help, StringComparison.Ordinal)
        );
        Assert.Contains("torchloss train [options]", help, StringComparison.Ordinal);
        Assert.Contains("compare", Command.Succeed("--help").Out, StringComparison.Ordinal);
        Command.Succeed("--version");
        Command.Refused(2, ["train", "compare", "verify"]);
        Assert.Equal(2, Command.Run("fly").Code);
    }

    [Fact]
    public void The_program_runs_in_a_process_of_its_own()
    {
        using var process = Command.Start("list", "--family", "classification");
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("FocalLoss", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_is_read_with_its_options()
    {
        var focal = LossSpec.Parse("focal_loss:gamma=1.5,alpha=0.3");
        Assert.Equal("FocalLoss", focal.Info.Name);
        Assert.Equal(1.5, focal.Options["gamma"]);
        Assert.Equal(0.3, focal.Options["alpha"]);
        Assert.Equal(Reduction.Sum, LossSpec.Parse("MSELoss:reduction=sum").Options["reduction"]);
        Assert.Equal(
            [0.1, 0.9],
            (IReadOnlyList<double>)LossSpec.Parse("QuantileLoss:quantiles=[0.1,0.9]").Options["quantiles"]!
        );
    }

    [Theory]
    [InlineData("A,B,C", "A|B|C")]
    [InlineData("A;B ; C", "A|B|C")]
    [InlineData("A:x=1,y=2,B", "A:x=1,y=2|B")]
    [InlineData("A:x=1,y=2;B:z=[1,2],C", "A:x=1,y=2|B:z=[1,2]|C")]
    [InlineData("A,B:p=Lp(p=1,q=2),r=3", "A|B:p=Lp(p=1,q=2),r=3")]
    [InlineData("builtin:A,B:s=10", "builtin:A|B:s=10")]
    [InlineData(" , ;", "")]
    public void Lists_of_losses_are_cut_apart(string list, string losses) =>
        Assert.Equal(losses, string.Join('|', LossSpec.Split(list)));
}
