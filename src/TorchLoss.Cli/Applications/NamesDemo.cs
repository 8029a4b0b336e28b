using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>First names, character by character: a small language model against counting.</summary>
sealed class NamesDemo : Application
{
    const string Perplexity = "perplexity";
    const string Unigram = "unigram counts";
    const string Bigram = "bigram counts";
    const string Model = "GRU, " + nameof(CausalLMLoss);
    const int Hidden = 64;
    const int Samples = 40;
    const int MostCharacters = 14;

    static readonly int[] Epochs = [14, 7, 28];

    public override string Name => "names";

    public override string About =>
        "English first names: how surprising is the next character, and which names does a model invent?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores(Perplexity);
        var table = BuiltInData.Find("names")!.Open();
        string[] names = [.. table["name"].Texts.OfType<string>().Select(name => name.ToLowerInvariant()).Distinct()];
        var alphabet = new Alphabet(names);
        string[] invented = [];
        var choices = new Choices(context);
        foreach (var seed in context.Seeds(3))
        {
            invented = Compare(names, alphabet, scores, choices, context, seed);
            context.Say($"seed {seed}: perplexity {scores.Of(Model, Perplexity)[^1]:0.000}");
        }

        var known = invented.Count(names.Contains);
        return new(
            ["method", Perplexity],
            scores.Rows,
            [
                scores.Better(Bigram, Unigram, Perplexity, less: true),
                scores.Better(Model, Bigram, Perplexity, less: true),
                new(
                    $"{invented.Length - known} of {invented.Length} invented names stand in no list: it has not learnt the list by heart",
                    2 * known < invented.Length
                ),
            ],
            [("perplexity", Bars(scores))]
        )
        {
            Notes = choices.Notes,
            Text =
                string.Join(' ', invented.Select(name => names.Contains(name) ? name : name + "*"))
                + "\n(* stands in no list)",
        };
    }

    static string[] Compare(
        string[] names,
        Alphabet alphabet,
        Scores scores,
        Choices choices,
        ApplicationContext context,
        long seed
    )
    {
        var order = Shuffle.Order(names.Length, seed, 0);
        string[] Part(bool held) => [.. order.Where((_, i) => i % 5 == 0 == held).Select(row => names[row])];
        var (known, held) = (Part(held: false), Part(held: true));
        var counts = new CharacterCounts(alphabet, known);
        scores.Add(Unigram, counts.Unigram(alphabet, held));
        scores.Add(Bigram, counts.Bigram(alphabet, held));

        var chosen = choices.Make(
            $"{Model}, epochs",
            Epochs,
            epochs => Learn(Every4th(known, not: true), Every4th(known, not: false), epochs, out _)
        );
        scores.Add(Model, Learn(known, held, chosen, out var invented));
        return invented;

        string[] Every4th(string[] of, bool not) => [.. of.Where((_, i) => i % 4 == 0 != not)];

        double Learn(string[] from, string[] asked, int epochs, out string[] invented)
        {
            using var scope = NewDisposeScope();
            using var train = alphabet.Set(from);
            using var test = alphabet.Set(asked);
            using var loss = new CausalLMLoss();
            using var model = new CharacterModel(alphabet.Count, Hidden, seed: seed);
            new Learning(context, epochs, 1e-2, Batch: 128, Decay: 0.01).Fit(model, loss, train, seed);
            using var quiet = no_grad();
            invented = Invent(model, alphabet, seed);
            return Math.Exp(loss.call(model.call(test.Inputs), test.Targets).ToDouble());
        }
    }

    /// <summary>Draws each next character by the probability that the model gives it.</summary>
    static string[] Invent(CharacterModel model, Alphabet alphabet, long seed)
    {
        var random = new Random((int)(seed % int.MaxValue));
        return
        [
            .. Enumerable.Range(0, Samples).Select(_ => One(model, alphabet, random)).Where(name => name.Length > 0),
        ];
    }

    static string One(CharacterModel model, Alphabet alphabet, Random random)
    {
        List<long> text = [Alphabet.Edge];
        while (text.Count <= MostCharacters)
        {
            using var scope = NewDisposeScope();
            var logits = model.call(tensor(text.ToArray()).unsqueeze(0))[0, -1];
            var next = Draw(logits.to(float64).softmax(0).data<double>().ToArray(), random);
            if (next == Alphabet.Edge)
            {
                break;
            }

            text.Add(next);
        }

        return alphabet.Decode(text);
    }

    static int Draw(double[] p, Random random)
    {
        var left = random.NextDouble();
        for (var i = 0; i < p.Length - 1; i++)
        {
            left -= p[i];
            if (left < 0)
            {
                return i;
            }
        }

        return p.Length - 1;
    }

    static BarChart Bars(Scores scores) =>
        new()
        {
            Title = "Perplexity of a character of names held back (lower is better)",
            Names = scores.Names,
            Series = [new("", [.. scores.Names.Select(name => scores.Mean(name, Perplexity))])],
            Horizontal = true,
            Height = 240,
            Highlight = Model,
        };
}
