using System.Reflection;

namespace TorchLoss;

/// <summary>A loss whose options change while it trains: each bound option is a function of the steps done.</summary>
/// <remarks>
/// <code>
/// using var loss = new ScheduledLoss(new FocalLoss())
///     .Bind("gamma", new LossWeightSchedule(total_steps: 1000, start: 0, end: 2));
/// loss.call(logits, targets).backward();
/// loss.step(); // after each update, or after each epoch
/// </code>
/// The step is a buffer, <c>steps_done</c>: it is saved with the state_dict, so a resumed run goes on where it stopped. Learned
/// tensors of the loss stay its own and are trained as before.
/// </remarks>
public sealed class ScheduledLoss : LossModule2
{
    readonly ILoss _loss;
    readonly Dictionary<string, Func<long, object?>> _bound = new(StringComparer.Ordinal);

    /// <summary>Wraps a loss; it becomes a submodule.</summary>
    /// <param name="loss">A loss of the catalogue that keeps no state from call to call.</param>
    /// <exception cref="ArgumentException">The loss keeps state.</exception>
    public ScheduledLoss(ILoss loss)
        : base(Reduction.Mean)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Info.OwnTensors.Any(t => !t.Learned))
        {
            throw new ArgumentException(
                $"{loss.Info.Name} keeps state from call to call and takes no schedule.",
                nameof(loss)
            );
        }

        _loss = loss;
        register_module(nameof(loss), (nn.Module)loss);
        steps_done = zeros([], ScalarType.Int64).DetachFromDisposeScope();
    }

    /// <summary>How many steps are done, an int64 number.</summary>
    public Tensor steps_done
    {
        get;
        private set
        {
            field = value;
            ConditionallyRegisterBuffer(nameof(steps_done), value);
        }
    }

    /// <inheritdoc/>
    public override LossInfo Info => _loss.Info;

    /// <summary>Binds a number option to a schedule.</summary>
    /// <param name="option">The option's name.</param>
    /// <param name="schedule">Its value at each step.</param>
    /// <exception cref="ArgumentException">The loss has no such option, it is no number, or the first value is out of its range.</exception>
    public ScheduledLoss Bind(string option, Schedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return Bind(option, schedule.At);
    }

    /// <summary>Binds a number option to a function of the step.</summary>
    public ScheduledLoss Bind(string option, Func<long, double> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var info = Option(option);
        if (Number(info.Type) is not { } convert)
        {
            throw new ArgumentException(
                $"{Info.Name}: option {option} is no number, so it has no schedule.",
                nameof(option)
            );
        }

        object? At(long step)
        {
            var number = value(step);
            info.Range?.Check(number, Info.Name, option);
            return convert(number);
        }

        At(steps_done.item<long>());
        _bound[option] = At;
        return this;
    }

    /// <summary>Binds a tensor option, such as class weights, to a function of the step; null leaves the option out.</summary>
    public ScheduledLoss Bind(string option, Func<long, Tensor?> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (Option(option).Type != typeof(Tensor))
        {
            throw new ArgumentException($"{Info.Name}: option {option} is no tensor.", nameof(option));
        }

        _bound[option] = value;
        return this;
    }

    /// <summary>Counts a step.</summary>
    public void step()
    {
        using var constant = no_grad();
        steps_done.add_(1);
    }

    /// <summary>The present values of the bound options.</summary>
    public OptionValues Current()
    {
        var step = steps_done.item<long>();
        return new(_bound.ToDictionary(b => b.Key, b => b.Value(step), StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input, Tensor target)
    {
        var names = Info.Inputs.Where(i => !i.Optional).Select(i => i.Name).ToList();
        return names.Count == 2
            ? Evaluate(new() { [names[0]] = input, [names[1]] = target })
            : throw new ArgumentException(
                $"{Info.Name} takes {string.Join(", ", names)}: give them by name to Evaluate.",
                nameof(input)
            );
    }

    /// <inheritdoc/>
    public override Tensor Evaluate(TensorArguments inputs)
    {
        var options = Own();
        foreach (var (name, value) in Current())
        {
            options[name] = value;
        }

        var all = new TensorArguments();
        foreach (var (name, value) in inputs)
        {
            all[name] = value;
        }

        foreach (var own in Info.OwnTensors)
        {
            all[own.Name] = (Tensor)Property(own.Name).GetValue(_loss)!;
        }

        return Info.Invoke(all, options);
    }

    /// <summary>What the loss was made with.</summary>
    OptionValues Own()
    {
        var options = new OptionValues();
        foreach (var option in Info.Options.Where(o => Info.OwnTensors.All(t => !t.Sizes.Contains(o.Name))))
        {
            var value = Property(option.Name).GetValue(_loss);
            options[option.Name] = option.Type == typeof(ClassCounts) ? Counts((Tensor)value!) : value;
        }

        return options;
    }

    /// <summary>A module keeps class counts as a tensor.</summary>
    static ClassCounts Counts(Tensor counts) => new(counts.cpu().data<long>().ToArray());

    PropertyInfo Property(string name) =>
        (name == "reduction" ? Info.Type.GetProperty("batch_reduction") : null) ?? Info.Type.GetProperty(name)!;

    OptionInfo Option(string name) =>
        Info.Options.FirstOrDefault(o => o.Name == name || o.Aliases.Contains(name))
        ?? throw new ArgumentException(
            $"{Info.Name} has no option {name}; it has {string.Join(", ", Info.Options.Select(o => o.Name))}.",
            nameof(name)
        );

    /// <summary>How a schedule's value becomes an option of a type.</summary>
    static Func<double, object>? Number(Type type) =>
        Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
        {
            _ when type.IsEnum => null,
            TypeCode.Double => value => value,
            TypeCode.Int64 => value => (long)Math.Round(value),
            TypeCode.Int32 => value => (int)Math.Round(value),
            _ => null,
        };
}
