namespace TorchLoss.Training;

/// <summary>A loss that is the sum of named terms, which logs show one by one.</summary>
public interface ILossTerms
{
    /// <summary>The names of the terms, in order.</summary>
    IReadOnlyList<string> TermNames { get; }

    /// <summary>The terms as they are added up, in order; each is one number.</summary>
    /// <param name="outputs">What the model says.</param>
    /// <param name="targets">What it ought to say.</param>
    /// <param name="weights">How much each sample counts; null where all count the same.</param>
    IReadOnlyList<KeyValuePair<string, Tensor>> Terms(Tensor outputs, Tensor targets, Tensor? weights);
}
