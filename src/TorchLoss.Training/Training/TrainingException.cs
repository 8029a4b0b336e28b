namespace TorchLoss.Training;

/// <summary>Training that cannot go on, with the place and the reason.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="inner">The exception behind it, if any.</param>
public sealed class TrainingException(string message, Exception? inner = null) : Exception(message, inner);
