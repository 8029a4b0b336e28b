using TorchLoss.Tests.Catalogue;

namespace TorchLoss.Probe;

/// <summary>One wrong call of a loss.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="What">What is wrong with it.</param>
/// <param name="Call">The call.</param>
/// <param name="MustRefuse">It must throw; else a value is fine as well, as long as the process lives.</param>
sealed record Attempt(LossInfo Loss, string What, Func<Tensor> Call, bool MustRefuse)
{
    /// <summary>"ok", or what is wrong with the loss's answer.</summary>
    public string Outcome()
    {
        try
        {
            using var scope = NewDisposeScope();
            var value = Call();
            if (value.requires_grad)
            {
                value.sum().backward();
            }

            return MustRefuse ? "accepted without a word" : "ok";
        }
        catch (ArgumentException e)
        {
            return e.Message.Contains(Loss.Name, StringComparison.Ordinal)
                ? "ok"
                : $"the message does not name the loss: {OneLine(e)}";
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name} instead of ArgumentException: {OneLine(e)}";
        }
    }

    static string OneLine(Exception e) => e.Message.ReplaceLineEndings(" ");
}

/// <summary>Wrong calls of any loss, made from its card.</summary>
static class WrongInputs
{
    public static IEnumerable<Attempt> Of(LossInfo loss)
    {
        var required = loss.Inputs.Where(i => !i.Optional).ToList();
        foreach (var input in required)
        {
            yield return With(loss, input, "null", _ => null!);
            yield return With(loss, input, "disposed", Disposed);
            yield return With(loss, input, "wrong dtype", WrongDtype(input));
            foreach (var (dimension, symbol) in SharedDimensions(loss, input))
            {
                yield return With(loss, input, $"one more in {symbol}", x => Longer(x, dimension));
            }

            if (!input.Shape.Contains('*') && loss.Family is not Family.Standard)
            {
                if (input.Shape.Length > 0) // one number with a dimension more is still one number
                {
                    yield return With(loss, input, "one dimension more", x => x.unsqueeze(0));
                    yield return With(loss, input, "a number", x => ones([], dtype: x.dtype));
                }
            }

            if (input.Role is Role.ClassIndex or Role.VertexIndex)
            {
                // -1 ends the list of labels in the first, and marks what is ignored in the others
                var isAllowed = loss.Name is "MultiLabelMarginLoss" or "OhemCrossEntropyLoss" or "PCHazardLoss";
                yield return With(loss, input, "index -1", x => full_like(x, -1), !isAllowed);
                // classes there are C, intervals of time T
                var beyond = Samples.Sizes[loss.Family is Family.Survival ? "T" : "C"];
                yield return With(loss, input, "index C", x => full_like(x, beyond));
            }

            yield return With(loss, input, "NaN", Nan, mustRefuse: false);
            yield return With(loss, input, "no value in it", Empty, mustRefuse: false);
        }

        yield return new(
            loss,
            "an empty batch",
            () => loss.Invoke(Samples.All(loss, batch: 0), Samples.Options(loss)),
            false
        );
    }

    static Attempt With(
        LossInfo loss,
        InputInfo input,
        string what,
        Func<Tensor, Tensor> change,
        bool mustRefuse = true
    ) =>
        new(
            loss,
            $"{input.Name}: {what}",
            () =>
            {
                var inputs = Samples.All(loss);
                var name = input.IsList ? input.Name + "_0" : input.Name;
                inputs[name] = change(inputs[name]);
                return loss.Invoke(inputs, Samples.Options(loss));
            },
            mustRefuse
        );

    static Tensor Disposed(Tensor x)
    {
        var copy = x.clone();
        copy.Dispose();
        return copy;
    }

    static Func<Tensor, Tensor> WrongDtype(InputInfo input) =>
        input.Role is Role.ClassIndex or Role.Label or Role.ObjectLabel or Role.Length or Role.VertexIndex
            ? x => x.to(ScalarType.Float64)
            : x => x.detach().to(ScalarType.ComplexFloat64);

    static Tensor Longer(Tensor x, int dimension) => cat([x, x.narrow(dimension, 0, 1)], dimension).detach();

    static Tensor Nan(Tensor x) => x.is_floating_point() ? full_like(x, double.NaN).detach() : x;

    static Tensor Empty(Tensor x) => x.dim() == 0 ? x : x.narrow(0, 0, 0).detach();

    /// <summary>Dimensions whose size another input or an own tensor fixes as well.</summary>
    static IEnumerable<(int, string)> SharedDimensions(LossInfo loss, InputInfo input)
    {
        var others = loss
            .Inputs.Where(i => !i.Optional && i != input)
            .SelectMany(i => i.Shape.Split(' '))
            .ToHashSet(StringComparer.Ordinal);
        var symbols = input.Shape.Split(' ');
        for (var i = 0; i < symbols.Length; i++)
        {
            // its two sets of features may differ in shape
            var isFree = symbols[i] == "*" && loss.Name == "SimilarityPreservingLoss";
            if (others.Contains(symbols[i]) && !isFree && (symbols[i] == "*" || char.IsUpper(symbols[i][0])))
            {
                yield return (i, symbols[i]);
            }
        }
    }
}
