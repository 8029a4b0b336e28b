namespace TorchLoss.Distributed;

/// <summary>MPI is missing, or a call of it failed.</summary>
/// <param name="message">What, and what to do.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class MpiException(string message, Exception? inner = null) : Exception(message, inner);
