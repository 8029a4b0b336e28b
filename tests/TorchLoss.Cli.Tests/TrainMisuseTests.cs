namespace TorchLoss.Cli.Tests;

/// <summary>Wrong use ends in one message that names the option, the value and what is accepted.</summary>
public sealed class TrainMisuseTests
{
    [Theory]
    [InlineData("--epochs", "0", "from 1")]
    [InlineData("--epochs", "many", "a whole number")]
    [InlineData("--epochs", "2.5", "a whole number")]
    [InlineData("--batch", "-3", "from 1")]
    [InlineData("--lr", "-1", "above 0")]
    [InlineData("--lr", "NaN", "above 0")]
    [InlineData("--lr", "fast", "above 0")]
    [InlineData("--validation", "1", "between 0 and 1")]
    [InlineData("--seed", "-1", "from 0")]
    [InlineData("--seed", "99999999999999999999", "a whole number")]
    [InlineData("--optimizer", "magic", "adamw")]
    [InlineData("--model", "forest", "linear")]
    [InlineData("--task", "clustering", "regression")]
    [InlineData("--on-missing", "guess", "drop")]
    [InlineData("--device", "tpu", "cuda")]
    [InlineData("--data", "no-such-data", "penguins")]
    [InlineData("--target", "no_such_column", "pixel0")]
    public void Values_are_checked(string option, string value, string accepted) =>
        Command.Refused(2, [option, value, accepted], "train", option, value);

    [Theory]
    [InlineData("--loss", "FocalLos", "FocalLoss")]
    [InlineData("--loss", "FocalLoss:gama=2", "gamma")]
    [InlineData("--loss", "FocalLoss:gamma=-1", ">= 0")]
    [InlineData("--loss", "FocalLoss:gamma=high", "a number")]
    [InlineData("--loss", "FocalLoss:gamma", "option=value")]
    [InlineData("--loss", "MSELoss", "CrossEntropyLoss")]
    [InlineData("--loss", "SSIMLoss", "CrossEntropyLoss")]
    [InlineData("--loss", "TripletMarginLoss", "embedding")]
    [InlineData("--loss", "CrossEntropyLoss:reduction=none", "mean or sum")]
    [InlineData("--loss", "builtin:FocalLoss", "CrossEntropyLoss")]
    public void Losses_are_checked(string option, string value, string accepted) =>
        Command.Refused(2, [accepted], "train", option, value);

    [Fact]
    public void Losses_of_another_task_are_refused_with_those_that_fit()
    {
        Command.Refused(
            2,
            ["--loss CrossEntropyLoss", "regression", "MSELoss"],
            "train",
            "--data",
            "diabetes",
            "--loss",
            "CrossEntropyLoss"
        );
        Command.Refused(
            2,
            ["--loss HingeEmbeddingLoss"],
            "train",
            "--data",
            "diabetes",
            "--loss",
            "HingeEmbeddingLoss"
        );
    }

    [Fact]
    public void Unknown_options_are_refused() => Command.Refused(2, ["--epoch"], "train", "--epoch", "3");

    [Fact]
    public void Cuda_is_missing_here()
    {
        if (!cuda.is_available())
        {
            Command.Refused(3, ["--device cuda", "--device cpu"], "train", "--device", "cuda");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b\n")]
    [InlineData("a,b\n1,2\n")]
    [InlineData("a,b\n1,2\n3\n")]
    [InlineData("a,a\n1,2\n3,4\n")]
    [InlineData("x,class\n1,only\n2,only\n3,only\n4,only\n5,only\n6,only\n7,only\n8,only\n9,only\n10,only\n11,only\n")]
    [InlineData("x,y\n1,7.5\n2,7.5\n3,7.5\n4,7.5\n5,7.5\n6,7.5\n7,7.5\n8,7.5\n9,7.5\n10,7.5\n11,7.5\n12,7.5\n")]
    [InlineData("x,y\n1,NaN\n2,inf\n3,4\n")]
    public void Files_that_teach_nothing_are_refused(string text)
    {
        using var folder = new TemporaryFolder();
        Command.Refused(
            2,
            ["--data", "data.csv"],
            "train",
            "--data",
            folder.File("data.csv", text),
            "--out",
            folder.At("run")
        );
        Assert.False(Directory.Exists(folder.At("run")));
    }

    [Fact]
    public void Binary_rubbish_is_refused()
    {
        using var folder = new TemporaryFolder();
        var bytes = new byte[100_000];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(folder.At("data.csv"), bytes);
        Command.Refused(2, ["--data", "data.csv"], "train", "--data", folder.At("data.csv"));
        File.WriteAllBytes(folder.At("data.csv.gz"), bytes);
        Command.Refused(2, ["--data", "data.csv.gz"], "train", "--data", folder.At("data.csv.gz"));
        Command.Refused(2, ["--data"], "train", "--data", folder.Path);
    }

    [Fact]
    public void Missing_values_are_an_error_where_asked() =>
        Command.Refused(2, ["--data", "line", "missing"], "train", "--data", "penguins", "--on-missing", "error");

    [Fact]
    public void Folders_that_cannot_be_written_are_refused()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("file", "");
        Command.Refused(2, ["--out", file], "train", "--data", "iris", "--out", Path.Combine(file, "run"));
        Command.Succeed("train", "--data", "iris", "--epochs", "1", "--out", folder.At("run"));
        Command.Refused(2, ["--out", "already"], "train", "--data", "iris", "--out", folder.At("run"));
    }

    [Fact]
    public void A_loss_that_leaves_the_numbers_is_told()
    {
        using var folder = new TemporaryFolder();
        Command.Refused(
            1,
            ["MSELoss"],
            "train",
            "--data",
            "diabetes",
            "--optimizer",
            "sgd",
            "--lr",
            "1e30",
            "--epochs",
            "3",
            "--out",
            folder.At("run")
        );
    }
}
