using TorchLoss.Cli.Losses;
using TorchLoss.Cli.Runs;
using TorchLoss.Training;

namespace TorchLoss.Cli.Duels;

/// <summary>
/// A model on real data that makes the tensors of a loss, so that two implementations can be fed the same: logits of digits,
/// predictions of diabetes, embeddings of digits, pairs to be ranked, strips of digits to be read.
/// </summary>
sealed class Arena : IDisposable
{
    const int Hidden = 32;
    const int Embedding = 8;
    const int Classes = 10;

    readonly TabularTask _task;
    readonly long _outputs;
    readonly Func<nn.Module<Tensor, Tensor>, Tensor, Tensor[]> _arguments;

    Arena(TabularTask task, long outputs, Func<nn.Module<Tensor, Tensor>, Tensor, Tensor[]> arguments, string about)
    {
        _task = task;
        _outputs = outputs;
        _arguments = arguments;
        About = about;
    }

    /// <summary>Data and model in a few words.</summary>
    public string About { get; }

    /// <summary>The arena of a loss, or null where none fits its inputs.</summary>
    public static Arena? For(LossChoice loss)
    {
        string[] inputs = [.. loss.Info.Inputs.Where(i => !i.Optional).Select(i => $"{i.Role} {i.Shape}")];
        return inputs switch
        {
            ["Embedding N D", "Embedding N D", "Embedding N D"] => Digits(
                Embedding,
                "embeddings of triplets",
                Triplets
            ),
            ["Embedding N D", "Embedding N D", "SignTarget N"] => Digits(Embedding, "embeddings of pairs", Pairs),
            ["Prediction *", "SignTarget *"] => Digits(Embedding, "distances of embeddings", Distances),
            ["Prediction *", "Prediction *", "SignTarget *"] => Diabetes("pairs of patients", Ranks),
            ["Logits N C", "ClassIndex N C"] => Digits(Classes, "logits, one label each", Labels),
            ["LogProbability T N C", "ClassIndex N S", "Length N", "Length N"] => Digits(
                Classes + 1,
                "strips of 8 images",
                Strips
            ),
            _ => Tabular(loss),
        };
    }

    /// <summary>A model with the same initial weights each time.</summary>
    public nn.Module<Tensor, Tensor> CreateModel() => Models.Mlp(_task.Inputs, (int)_outputs, [Hidden]);

    /// <summary>The tensors of the loss for some rows; the same step gives the same rows.</summary>
    public Tensor[] Arguments(nn.Module<Tensor, Tensor> model, int step, int rows) =>
        _arguments(model, Rows(step, rows));

    public void Dispose() => _task.Dispose();

    /// <summary>Rows in a fixed order that goes round.</summary>
    Tensor Rows(int step, int rows)
    {
        var count = _task.Train.Count;
        return tensor([.. Enumerable.Range(0, rows).Select(i => ((long)step * rows + i) * 7919 % count)]);
    }

    static Arena? Tabular(LossChoice loss)
    {
        var kind = LossAdapter.KindOf(loss.Info);
        if (kind is null)
        {
            return null;
        }

        var (task, name) = Open(kind == TaskKind.Classification ? "digits" : "diabetes");
        try
        {
            var fit = LossAdapter.Fit(loss, task);
            return new(
                task,
                fit.Outputs,
                (model, rows) => fit.Arguments(model.call(X(task, rows)), Y(task, rows)),
                name
            );
        }
        catch
        {
            task.Dispose();
            throw;
        }
    }

    static Arena Digits(
        int outputs,
        string what,
        Func<TabularTask, nn.Module<Tensor, Tensor>, Tensor, Tensor[]> make
    ) => Of("digits", outputs, what, make);

    static Arena Diabetes(string what, Func<TabularTask, nn.Module<Tensor, Tensor>, Tensor, Tensor[]> make) =>
        Of("diabetes", 1, what, make);

    static Arena Of(
        string data,
        int outputs,
        string what,
        Func<TabularTask, nn.Module<Tensor, Tensor>, Tensor, Tensor[]> make
    )
    {
        var (task, name) = Open(data);
        return new(task, outputs, (model, rows) => make(task, model, rows), $"{name}, {what}");
    }

    static (TabularTask Task, string Name) Open(string data)
    {
        var source = DataSource.Open(data);
        return (TabularTask.Prepare(source.Table, new() { Target = source.DefaultTarget }), data);
    }

    static Tensor X(TabularTask task, Tensor rows) => task.Train.Inputs.index_select(0, rows);

    static Tensor Y(TabularTask task, Tensor rows) => task.Train.Targets.index_select(0, rows);

    /// <summary>Other rows: the next ones of a set of classes, for each row the nearest that fits.</summary>
    static Tensor Partner(TabularTask task, Tensor rows, bool sameClass)
    {
        var labels = task.Train.Targets.data<long>().ToArray();
        long Next(long row)
        {
            var other = row;
            do
            {
                other = (other + 1) % labels.Length;
            } while (other != row && labels[other] == labels[row] != sameClass);
            return other;
        }

        return tensor(rows.data<long>().ToArray().Select(Next).ToArray());
    }

    static Tensor[] Triplets(TabularTask task, nn.Module<Tensor, Tensor> model, Tensor rows) =>
        [
            model.call(X(task, rows)),
            model.call(X(task, Partner(task, rows, sameClass: true))),
            model.call(X(task, Partner(task, rows, sameClass: false))),
        ];

    static Tensor[] Pairs(TabularTask task, nn.Module<Tensor, Tensor> model, Tensor rows)
    {
        var others = (rows + 1).remainder(task.Train.Count);
        var same = Y(task, rows).eq(Y(task, others)).to(float32) * 2 - 1;
        return [model.call(X(task, rows)), model.call(X(task, others)), same];
    }

    static Tensor[] Distances(TabularTask task, nn.Module<Tensor, Tensor> model, Tensor rows)
    {
        var pair = Pairs(task, model, rows);
        return [(pair[0] - pair[1]).square().sum(1), pair[2]];
    }

    static Tensor[] Ranks(TabularTask task, nn.Module<Tensor, Tensor> model, Tensor rows)
    {
        var others = (rows + 1).remainder(task.Train.Count);
        var order = Y(task, rows).ge(Y(task, others)).to(float32) * 2 - 1;
        return [model.call(X(task, rows)), model.call(X(task, others)), order];
    }

    /// <summary>Labels as lists that end at the first -1.</summary>
    static Tensor[] Labels(TabularTask task, nn.Module<Tensor, Tensor> model, Tensor rows)
    {
        var lists = full([rows.shape[0], Classes], -1L, dtype: int64);
        lists.narrow(1, 0, 1).copy_(Y(task, rows).unsqueeze(1));
        return [model.call(X(task, rows)), lists];
    }

    /// <summary>Strips of eight images of which every second one is to be read; class 0 is the blank.</summary>
    static Tensor[] Strips(TabularTask task, nn.Module<Tensor, Tensor> model, Tensor rows)
    {
        const int Images = 8;
        var strips = Math.Max(1, rows.shape[0] / Images);
        var used = rows.narrow(0, 0, Math.Min(rows.shape[0], strips * Images));
        var length = used.shape[0] / strips;
        var scores = model.call(X(task, used)).view(strips, length, -1).transpose(0, 1).log_softmax(2);
        var read = Math.Max(1, length / 2);
        var labels = (Y(task, used).view(strips, length) + 1).narrow(1, 0, read).contiguous();
        return [scores, labels, full([strips], length, dtype: int64), full([strips], read, dtype: int64)];
    }
}
