using TorchSharp.Modules;

namespace TorchLoss.Training;

/// <summary>What a look at loss and model before training came to.</summary>
/// <param name="Loss">The loss of the first batch with the initial weights.</param>
/// <param name="Chance">
/// The loss of a model that knows nothing and says 0 to everything: all classes equally likely, the mean of a standardised
/// target. Null where the loss does not take that.
/// </param>
/// <param name="Findings">What looks wrong, in whole sentences; nothing where all is well.</param>
public sealed record LossCheckReport(double Loss, double? Chance, IReadOnlyList<string> Findings);

/// <summary>
/// Looks at a loss before training: one finite number, not far above chance, whose gradient reaches every parameter of the model that
/// is to learn.
/// </summary>
public static class LossCheck
{
    const double FarAbove = 3;

    /// <summary>Runs one batch forward and backward. Model, loss, optimizer and random state are afterwards what they were.</summary>
    /// <param name="trainer">The trainer, before training.</param>
    /// <param name="data">What it will learn from.</param>
    /// <exception cref="TrainingException">Model or loss refuse the batch, or the loss is not one number.</exception>
    public static LossCheckReport Run(Trainer trainer, SampleSet data)
    {
        using var scope = NewDisposeScope();
        using var here = data.To(Devices.Parse(trainer.Options.Device));
        using var batches = new Batcher(here, trainer.Options.BatchSize, trainer.Options.Seed, trainer.Options.Shuffle);
        using var before = new TrainerSnapshot(trainer);
        trainer.Model.train();
        trainer.Loss.Module?.train();
        var samples = batches.Batch(0, 0);
        var outputs = Updater.Forward(trainer.Model, samples.Inputs);
        var value = trainer.Loss.Compute(outputs, samples.Targets, samples.Weights);
        var chance = Chance(trainer, outputs, samples);
        var numbers = value.Read();
        string?[] findings =
        [
            trainer.Loss.NotFinite(numbers, "with the initial weights"),
            NonFinite("The inputs hold", samples.Inputs),
            NonFinite("The model's outputs hold", outputs),
            AboveChance(trainer, numbers[0], chance),
            .. Gradients(trainer, value.Total),
        ];
        return new(numbers[0], chance, [.. findings.OfType<string>()]);
    }

    static double? Chance(Trainer trainer, Tensor outputs, SampleBatch samples)
    {
        try
        {
            using var quiet = no_grad();
            var value = trainer.Loss.Compute(zeros_like(outputs), samples.Targets, samples.Weights).Total.ToDouble();
            return double.IsFinite(value) ? value : null;
        }
        catch (TrainingException)
        {
            return null;
        }
    }

    static string? AboveChance(Trainer trainer, double loss, double? chance) =>
        chance > 0 && loss > FarAbove * chance
            ? $"The loss {trainer.Loss.Name} starts at {loss:G4}, but a model that says 0 to everything has {chance:G4}: "
                + "are outputs or targets on another scale than the loss expects?"
            : null;

    static string? NonFinite(string what, Tensor values) =>
        !values.is_floating_point() || values.isfinite().all().ToBoolean() ? null : $"{what} NaN or infinite numbers.";

    static IEnumerable<string> Gradients(Trainer trainer, Tensor loss)
    {
        if (!loss.requires_grad)
            return [$"The loss {trainer.Loss.Name} does not depend on any parameter that can be trained."];
        loss.backward();
        return trainer
            .Model.named_parameters()
            .Where(named => named.parameter.requires_grad)
            .Select(named => Gradient(named.name, named.parameter))
            .OfType<string>();
    }

    static string? Gradient(string name, Parameter parameter) =>
        parameter.grad is not { } gradient ? $"No gradient reaches '{name}'."
        : !gradient.isfinite().all().ToBoolean() ? $"The gradient of '{name}' is not finite."
        : gradient.count_nonzero().ToInt64() == 0 ? $"The gradient of '{name}' is 0 in the first batch."
        : null;
}
