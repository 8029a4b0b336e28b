using System.Globalization;
using System.Reflection;
using TorchSharp.Modules;

namespace TorchLoss.Training;

/// <summary>
/// What an optimizer remembers: tensors, which go into safetensors, and numbers, which go into JSON. TorchSharp keeps them in
/// public fields of one state object a parameter, the same way for all its optimizers.
/// </summary>
/// <param name="Type">The optimizer's class.</param>
/// <param name="Groups">The options of each parameter group.</param>
/// <param name="States">The numbers of each parameter.</param>
internal sealed record OptimizerSnapshot(
    string Type,
    IReadOnlyList<Dictionary<string, double>> Groups,
    IReadOnlyList<Dictionary<string, double>> States
)
{
    const string Rate = "lr";
    const string InitialRate = "initial_lr";

    public static OptimizerSnapshot Of(OptimizerHelper optimizer)
    {
        var state = optimizer.state_dict();
        return new(optimizer.GetType().Name, [.. state.Options.Select(Options)], [.. state.State.Select(Numbers)]);
    }

    /// <summary>The tensors by parameter and field. They belong to the optimizer.</summary>
    public static Dictionary<string, Tensor> Tensors(OptimizerHelper optimizer)
    {
        var tensors = new Dictionary<string, Tensor>();
        var states = optimizer.state_dict().State;
        for (var i = 0; i < states.Count; i++)
        {
            foreach (var field in Fields(states[i]).Where(field => field.GetValue(states[i]) is Tensor))
                tensors.Add(Name(i, field), (Tensor)field.GetValue(states[i])!);
        }
        return tensors;
    }

    /// <summary>Why this snapshot cannot be put into an optimizer; null where it can.</summary>
    public string? Misfit(OptimizerHelper optimizer, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var fresh = Of(optimizer);
        if (Type != fresh.Type)
            return $"was written by {Type}, not by {fresh.Type}";
        if (Groups.Count != fresh.Groups.Count || States.Count != fresh.States.Count)
            return $"was written for {States.Count} parameters, not for {fresh.States.Count}";
        return MisfitNames(fresh) ?? MisfitNumbers(optimizer) ?? MisfitTensors(optimizer, tensors);
    }

    /// <summary>Puts the snapshot into an optimizer that it fits.</summary>
    public void Restore(OptimizerHelper optimizer, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var quiet = no_grad();
        var state = optimizer.state_dict();
        for (var i = 0; i < Groups.Count; i++)
            SetOptions(state.Options[i], Groups[i]);
        var parameters = Parameters(optimizer);
        for (var i = 0; i < States.Count; i++)
        {
            foreach (var field in Fields(state.State[i]))
                Set(state.State[i], field, States[i], tensors.GetValueOrDefault(Name(i, field)), parameters[i].device);
        }
    }

    string? MisfitNames(OptimizerSnapshot fresh)
    {
        var same =
            Groups.Zip(fresh.Groups).All(pair => pair.First.Keys.ToHashSet().SetEquals(pair.Second.Keys))
            && States.Zip(fresh.States).All(pair => pair.First.Keys.ToHashSet().SetEquals(pair.Second.Keys));
        return same ? null : $"does not hold the numbers that {Type} keeps";
    }

    /// <summary>Numbers that their fields cannot hold must be found before anything is changed.</summary>
    string? MisfitNumbers(OptimizerHelper optimizer)
    {
        var state = optimizer.state_dict();
        var holders = state.Options.Cast<object>().Zip(Groups).Concat(state.State.Cast<object>().Zip(States));
        foreach (var (holder, numbers) in holders)
        {
            var fields = Fields(holder).Where(field => numbers.ContainsKey(field.Name));
            if (fields.FirstOrDefault(field => !Holds(field, numbers[field.Name])) is { } field)
                return $"says that '{field.Name}' of {Type} is {numbers[field.Name]}";
        }
        return null;
    }

    static bool Holds(FieldInfo field, double value)
    {
        try
        {
            _ = Converted(field, value);
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    static string? MisfitTensors(OptimizerHelper optimizer, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var states = optimizer.state_dict().State;
        var parameters = Parameters(optimizer);
        var known = new HashSet<string>();
        for (var i = 0; i < states.Count; i++)
        {
            foreach (var field in Fields(states[i]).Where(field => field.FieldType == typeof(Tensor)))
            {
                known.Add(Name(i, field));
                if (
                    tensors.TryGetValue(Name(i, field), out var value)
                    && (!value.shape.SequenceEqual(parameters[i].shape) || value.dtype != parameters[i].dtype)
                )
                    return $"'{Name(i, field)}' does not have the shape and type of its parameter";
            }
        }
        return tensors.Keys.FirstOrDefault(name => !known.Contains(name)) is { } stranger
            ? $"'{stranger}' is nothing that this optimizer keeps"
            : null;
    }

    static Parameter[] Parameters(OptimizerHelper optimizer) => [.. optimizer.parameters()];

    static string Name(int parameter, FieldInfo field) => $"{parameter}.{field.Name}";

    static FieldInfo[] Fields(object state) => state.GetType().GetFields(BindingFlags.Public | BindingFlags.Instance);

    static Dictionary<string, double> Options(OptimizerOptions options)
    {
        var numbers = Numbers(options);
        numbers[InitialRate] = options.InitialLearningRate;
        if (options.LearningRate is { } rate)
            numbers[Rate] = rate;
        return numbers;
    }

    static Dictionary<string, double> Numbers(object holder) =>
        Fields(holder)
            .Where(field => field.FieldType != typeof(Tensor))
            .Select(field => (field.Name, Value: field.GetValue(holder)))
            .Where(pair => pair.Value is not null)
            .ToDictionary(pair => pair.Name, pair => Convert.ToDouble(pair.Value, CultureInfo.InvariantCulture));

    static void SetOptions(OptimizerOptions options, Dictionary<string, double> numbers)
    {
        options.InitialLearningRate = numbers[InitialRate];
        if (numbers.TryGetValue(Rate, out var rate))
            options.LearningRate = rate;
        foreach (var field in Fields(options).Where(field => numbers.ContainsKey(field.Name)))
            SetNumber(options, field, numbers[field.Name]);
    }

    static void Set(object state, FieldInfo field, Dictionary<string, double> numbers, Tensor? saved, Device device)
    {
        if (field.FieldType != typeof(Tensor))
        {
            SetNumber(state, field, numbers[field.Name]);
            return;
        }
        (field.GetValue(state) as Tensor)?.Dispose();
        field.SetValue(state, saved?.to(device, copy: true).DetachFromDisposeScope());
    }

    static void SetNumber(object holder, FieldInfo field, double value) =>
        field.SetValue(holder, Converted(field, value));

    static object Converted(FieldInfo field, double value)
    {
        var type = Nullable.GetUnderlyingType(field.FieldType) ?? field.FieldType;
        return Convert.ChangeType(value, type, CultureInfo.InvariantCulture);
    }
}
