namespace TorchLoss.Tests.Catalogue;

/// <summary>Every card is complete and true.</summary>
public class CardTests
{
    public static TheoryData<string> All => [.. LossCatalog.All.Select(l => l.Name)];

    [Theory, MemberData(nameof(All))]
    public void The_card_is_complete(string name)
    {
        var loss = LossCatalog.Find(name)!;

        Assert.EndsWith(".", loss.Summary, StringComparison.Ordinal);
        Assert.NotEmpty(loss.Remarks);
        Assert.NotEmpty(loss.Formula);
        Assert.Matches(@"\d{4}|PyTorch", loss.Source);
        Assert.All(loss.Options, o => Assert.NotEmpty(o.Doc));
        Assert.Contains(loss.Inputs, i => !i.Optional);
    }

    /// <summary>The tensors that the kind declares are those that the functional twin asks for.</summary>
    [Theory, MemberData(nameof(All))]
    public void The_inputs_are_those_of_forward(string name)
    {
        var loss = LossCatalog.Find(name)!;
        var widest = loss.Type.GetMethods().Where(m => m.Name == "forward").MaxBy(m => m.GetParameters().Length)!;

        Assert.Equal(loss.Inputs.Select(i => i.Name).Order(), widest.GetParameters().Select(p => p.Name!).Order());
    }

    [Fact]
    public void Names_functions_and_aliases_are_unique()
    {
        var names = LossCatalog
            .All.SelectMany(l => l.Aliases.Append(l.Name))
            .Concat(LossCatalog.Parts.Select(p => p.Name));
        var functions = LossCatalog.All.Select(l => $"{l.Type.Namespace}.{l.Function}");

        Assert.Empty(names.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.Empty(functions.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [Fact]
    public void A_loss_is_found_by_name_alias_and_function()
    {
        Assert.Equal("FocalLoss", LossCatalog.Find("focalloss")?.Name);
        Assert.Equal("FocalLoss", LossCatalog.Find("SigmoidFocalLoss")?.Name);
        Assert.Equal("FocalLoss", LossCatalog.Find("focal_loss")?.Name);
        Assert.Null(LossCatalog.Find("NoSuchLoss"));
        Assert.Equal("DeepCORALLoss", LossCatalog.FindExact("CORALLoss")?.Name);
        Assert.Equal("CoralLoss", LossCatalog.FindExact("CoralLoss")?.Name);
    }

    [Fact]
    public void Every_built_in_that_is_named_exists()
    {
        var factories = typeof(torch.nn).GetMethods().Select(m => m.Name).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(
            LossCatalog
                .All.Where(l => l.BuiltIn is { } b && !factories.Contains(b))
                .Select(l => $"{l.Name}: {l.BuiltIn}")
        );
    }
}
