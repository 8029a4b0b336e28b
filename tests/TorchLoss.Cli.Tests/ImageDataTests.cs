using TorchLoss.Training.Tests;

namespace TorchLoss.Cli.Tests;

/// <summary>The command trains on images.</summary>
public sealed class ImageDataTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folder_of_images_is_learnt_and_gone_on_with(bool isMnist)
    {
        using var folder = new TemporaryFolder();
        var (data, run) = (folder.At("digits"), folder.At("run"));
        var digits = DigitFiles.Read(1200);
        if (isMnist)
        {
            DigitFiles.WriteIdx(data, "train", digits[..900], packed: true);
            DigitFiles.WriteIdx(data, "t10k", digits[900..]);
        }
        else
        {
            DigitFiles.WriteFolder(data, digits);
        }

        var answer = Command.Succeed("train", "--data", data + "/", "--epochs", "12", "--out", run, "--json");
        Assert.True(answer.Json.GetProperty("metrics").GetProperty("accuracy").GetDouble() > 0.9, answer.Out);
        Assert.Contains("digits: 64 inputs, class is 10 classes", answer.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.At("run", "report.html")));
        Command.Succeed("train", "--resume", run, "--json");
        if (isMnist)
        {
            DigitFiles.WriteIdx(data, "t10k", digits[901..]);
        }
        else
        {
            File.Delete(folder.At("digits", "0", "00000.png"));
        }

        Command.Refused(2, ["--resume", "has changed"], "train", "--resume", run);
    }

    [Fact]
    public void A_folder_that_is_no_data_is_refused()
    {
        using var folder = new TemporaryFolder();
        Command.Refused(2, ["--data", "root/class/image.png"], "train", "--data", folder.Path);
        DigitFiles.WriteFolder(folder.Path, DigitFiles.Read(50));
        Command.Refused(2, ["--target", "class"], "train", "--data", folder.Path, "--target", "digit");
        Command.Refused(2, ["--data", "classes"], "train", "--data", folder.Path, "--task", "regression");
        File.WriteAllText(folder.At("3", "00003.png"), "broken");
        Command.Refused(2, ["--data", "00003.png"], "train", "--data", folder.Path);
    }
}
