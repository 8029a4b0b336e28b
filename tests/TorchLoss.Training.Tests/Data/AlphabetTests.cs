namespace TorchLoss.Training.Tests;

public class AlphabetTests
{
    static readonly Alphabet _alphabet = new(["bob", "al"]);

    [Fact]
    public void Texts_lie_between_marks_and_come_back()
    {
        Assert.Equal(5, _alphabet.Count);
        Assert.Equal([0L, 2, 4, 2, 0], _alphabet.Encode("bob"));
        Assert.Equal("bob", _alphabet.Decode([0, 2, 4, 2, 0, 1]));
        Assert.Contains("'x'", Assert.Throws<ArgumentException>(() => _alphabet.Encode("x")).Message);
    }

    [Fact]
    public void Short_texts_are_padded_and_the_padding_is_no_label()
    {
        using var set = _alphabet.Set(["bob", "al"]);

        Assert.Equal([0L, 2, 4, 2, 0, 0, 1, 3, 0, 0], set.Inputs.data<long>().ToArray());
        Assert.Equal([0L, 2, 4, 2, 0, 0, 1, 3, 0, -100], set.Targets.data<long>().ToArray());
    }

    [Fact]
    public void A_character_model_looks_back_only_and_depends_on_its_seed_alone()
    {
        using var scope = torch.NewDisposeScope();
        using var model = new CharacterModel(5, 8, seed: 1);
        using var twin = new CharacterModel(5, 8, seed: 1);
        var input = torch.tensor(new long[] { 0, 2, 4 }, 1, 3);
        var changed = torch.tensor(new long[] { 0, 2, 1 }, 1, 3);

        var (output, other) = (model.call(input), model.call(changed));

        Assert.Equal([1, 3, 5], output.shape);
        Assert.True(output.allclose(twin.call(input)));
        Assert.True(output.narrow(1, 0, 2).allclose(other.narrow(1, 0, 2)));
        Assert.False(output.allclose(other));
    }
}
