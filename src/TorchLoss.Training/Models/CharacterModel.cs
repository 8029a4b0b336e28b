using TorchSharp.Modules;

namespace TorchLoss.Training;

/// <summary>Says at each place of a text how likely each next character is: an embedding, a gated recurrent unit, a linear layer.</summary>
/// <remarks>Cho et al. 2014, arXiv:1406.1078. The same seed gives the same weights.</remarks>
public sealed class CharacterModel : nn.Module<Tensor, Tensor>
{
    readonly Embedding _embedding;
    readonly GRU _memory;
    readonly Linear _head;

    /// <summary>Makes it.</summary>
    /// <param name="characters">How many characters there are.</param>
    /// <param name="hidden">The width of what it remembers.</param>
    /// <param name="embedded">The width of a character.</param>
    /// <param name="seed">Decides the initial weights.</param>
    public CharacterModel(int characters, int hidden, int embedded = 16, long seed = 0)
        : base(nameof(CharacterModel))
    {
        _embedding = nn.Embedding(characters, embedded);
        _memory = nn.GRU(embedded, hidden, batchFirst: true);
        _head = nn.Linear(hidden, characters);
        RegisterComponents();
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var random = new SplitMix64(SplitMix64.Mix(seed, hidden));
        foreach (var parameter in parameters())
            parameter.copy_(Models.Uniform(ref random, hidden, parameter.shape));
        _embedding.weight!.copy_(Models.Uniform(ref random, 1, _embedding.weight.shape));
    }

    /// <summary>Logits (n, T, characters) of the next character at each place of (n, T) characters.</summary>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (output, _) = _memory.call(_embedding.call(input));
        return _head.call(output).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _embedding.Dispose();
            _memory.Dispose();
            _head.Dispose();
        }
        base.Dispose(disposing);
    }
}
