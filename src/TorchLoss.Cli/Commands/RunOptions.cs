using System.CommandLine;
using TorchLoss.Cli.Runs;
using TorchLoss.Training;

namespace TorchLoss.Cli.Commands;

/// <summary>The options that say what a model is trained on and how, for every command that trains.</summary>
sealed class RunOptions
{
    readonly Option<string?> _data = CheckedOption.Text(
        "--data",
        "FILE|DIR|NAME",
        "A CSV file (also .csv.gz), a folder of images (DIR/class/*.png, *.jpg, *.bmp) or of MNIST's files, or one of "
            + $"{string.Join(", ", BuiltInData.All.Select(set => set.Name))} [digits]"
    );
    readonly Option<string?> _target = CheckedOption.Text(
        "--target",
        "COLUMN",
        "The column to predict [that of the data set, the last one of a file]"
    );
    readonly Option<string?> _task = CheckedOption.Choice("--task", RunPlan.Tasks, "What is learnt [auto]");
    readonly Option<string?> _model = CheckedOption.Choice("--model", RunPlan.Models, "The model [mlp]");
    readonly Option<string?> _device = CheckedOption.Text("--device", "auto|cpu|cuda", "Where [auto]");
    readonly Option<long?> _epochs = CheckedOption.Whole(
        "--epochs",
        1,
        1_000_000,
        "How often all rows are seen [by the size of the data, with early stopping]"
    );
    readonly Option<long?> _batch = CheckedOption.Whole("--batch", 1, int.MaxValue, "Rows in a batch [32]");
    readonly Option<double?> _rate = CheckedOption.Number("--lr", 0, double.PositiveInfinity, "Learning rate [0.002]");
    readonly Option<string?> _optimizer = CheckedOption.Choice("--optimizer", Optimizers.Names, "Optimizer [adamw]");
    readonly Option<long?> _seed = CheckedOption.Whole(
        "--seed",
        0,
        long.MaxValue,
        "Decides initial weights, order, and which rows are held back [0]"
    );
    readonly Option<string?> _missing = CheckedOption.Choice(
        "--on-missing",
        RunPlan.MissingPolicies,
        "What happens to rows with a missing value: left out, filled with the mean, or an error [drop]"
    );
    readonly Option<double?> _validation = CheckedOption.Number(
        "--validation",
        0,
        1,
        "Share of the rows that is held back [0.2]"
    );

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All =>
        [_data, _target, _task, _model, _device, _epochs, _batch, _rate, _optimizer, _seed, _missing, _validation];

    /// <summary>What was asked for.</summary>
    /// <exception cref="UsageException">The device is unknown.</exception>
    /// <exception cref="MissingEnvironmentException">There is no such device here.</exception>
    public RunRequest Read(ParseResult parsed, string? loss)
    {
        var plain = new RunRequest();
        var device = parsed.GetValue(_device) ?? plain.Device;
        CheckDevice(device);
        return new()
        {
            Data = parsed.GetValue(_data) ?? plain.Data,
            Target = parsed.GetValue(_target),
            Task = parsed.GetValue(_task) ?? plain.Task,
            Loss = loss,
            Model = parsed.GetValue(_model) ?? plain.Model,
            Device = device,
            Epochs = parsed.GetValue(_epochs),
            Batch = parsed.GetValue(_batch),
            LearningRate = parsed.GetValue(_rate),
            Optimizer = parsed.GetValue(_optimizer),
            Seed = parsed.GetValue(_seed) ?? plain.Seed,
            OnMissing = parsed.GetValue(_missing) ?? plain.OnMissing,
            Validation = parsed.GetValue(_validation) ?? plain.Validation,
        };
    }

    /// <summary>Refuses a device before any work is done.</summary>
    public static void CheckDevice(string device)
    {
        try
        {
            Devices.Parse(device);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--device: {e.Message}.");
        }
        catch (TrainingException e)
        {
            throw new MissingEnvironmentException($"--device {device}: {e.Message}; --device cpu runs anywhere.");
        }
    }
}
