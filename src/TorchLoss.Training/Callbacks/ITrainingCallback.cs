namespace TorchLoss.Training;

/// <summary>Is told how training goes, and may stop it by <see cref="Trainer.Stop"/>. Implement what you need.</summary>
public interface ITrainingCallback
{
    /// <summary>Training begins, or goes on from a checkpoint.</summary>
    void OnFitStart(Trainer trainer) { }

    /// <summary>An update was made.</summary>
    void OnUpdate(Trainer trainer, BatchReport report) { }

    /// <summary>An epoch has ended; its record is the last of the history.</summary>
    void OnEpochEnd(Trainer trainer, EpochRecord record) { }

    /// <summary>Training has ended, and the model has the weights of the last update: the time to save them.</summary>
    void OnStop(Trainer trainer, StopReason reason) { }

    /// <summary>Called last of all: the time to change the model, such as back to its best weights.</summary>
    void OnFitEnd(Trainer trainer, StopReason reason) { }
}
