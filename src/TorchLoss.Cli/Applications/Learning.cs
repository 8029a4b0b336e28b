using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>How the models of an application learn.</summary>
/// <param name="Context">The run they belong to.</param>
/// <param name="Epochs">How often all samples are seen.</param>
/// <param name="Rate">The learning rate, falling to nearly 0 along a cosine.</param>
/// <param name="Batch">Samples in a batch.</param>
/// <param name="Decay">How strongly weights are drawn to 0.</param>
sealed record Learning(ApplicationContext Context, int Epochs, double Rate, int Batch = 32, double Decay = 0)
{
    /// <summary>Trains a model.</summary>
    public void Fit(nn.Module<Tensor, Tensor> model, LossFunction loss, TensorSet train, long seed)
    {
        using var trainer = Trainer(model, loss, seed);
        Fit(trainer, train);
    }

    /// <summary>Trains a model and gives its outputs for other inputs.</summary>
    public Tensor Predict(
        nn.Module<Tensor, Tensor> model,
        LossFunction loss,
        TensorSet train,
        Tensor inputs,
        long seed,
        Action<EpochRecord>? onEpoch = null
    )
    {
        using var trainer = Trainer(model, loss, seed, onEpoch);
        Fit(trainer, train);
        return trainer.Predict(inputs);
    }

    void Fit(Trainer trainer, TensorSet train)
    {
        if (trainer.Fit(train, cancel: Context.Cancel) is { Reason: StopReason.Cancelled } result)
        {
            throw new TrainingException(result.Message);
        }
    }

    Trainer Trainer(
        nn.Module<Tensor, Tensor> model,
        LossFunction loss,
        long seed,
        Action<EpochRecord>? onEpoch = null
    ) =>
        new(
            model,
            loss,
            Optimizers.Factory("adamw", Rate, Decay),
            new()
            {
                Epochs = Context.Times(Epochs),
                BatchSize = Batch,
                Seed = seed,
                Schedule = new CosineSchedule(0.01),
                ClipNorm = 5,
            },
            new ProgressCallback(onEpoch: onEpoch)
        );
}
