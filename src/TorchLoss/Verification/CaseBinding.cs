namespace TorchLoss.Verification;

/// <summary>Which tensor of a case is which tensor of a loss.</summary>
/// <remarks>
/// By name first. What is left goes to the first free place of its kind, in order: the two may call a learned tensor
/// differently (W, weight, proxies).
/// </remarks>
sealed class CaseBinding
{
    readonly LossInfo loss;
    readonly Dictionary<CaseTensor, string> slots = [];

    CaseBinding(LossInfo loss, OptionValues options)
    {
        this.loss = loss;
        Options = options;
    }

    public OptionValues Options { get; }

    public static CaseBinding Bind(LossInfo loss, ReferenceCase reference)
    {
        var binding = new CaseBinding(loss, OptionReader.Read(reference.Options, loss.Options, loss.Name));
        var free = binding.Places().ToList();
        foreach (var input in reference.Inputs.Where(i => free.Contains(i.Name)))
        {
            binding.slots[input] = input.Name;
            free.Remove(input.Name);
        }

        foreach (var input in reference.Inputs.Where(i => loss.Inputs.Any(l => l.IsList && l.Holds(i.Name))))
        {
            binding.slots[input] = input.Name;
        }

        foreach (var input in reference.Inputs.Where(i => !binding.slots.ContainsKey(i)))
        {
            var place =
                free.Find(binding.Suits(input))
                ?? throw new ArgumentException($"{loss.Name} has no place for the tensor '{input.Name}'.", input.Name);
            binding.slots[input] = place;
            free.Remove(place);
        }

        return binding;
    }

    public string Slot(CaseTensor input) => slots[input];

    /// <summary>Fresh tensors by the loss's own names.</summary>
    public TensorArguments Tensors(Func<string, bool> which)
    {
        var tensors = new TensorArguments();
        foreach (var (input, slot) in slots.Where(s => which(s.Value)))
        {
            tensors[slot] = input.ToTensor();
        }

        return tensors;
    }

    /// <summary>The constructor's sizes, read off the loss's own tensors; where a case has none of them, off the first tensor.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Sizes()
    {
        var known =
            from own in loss.OwnTensors
            from bound in slots.Where(s => s.Value == own.Name)
            from size in own.Sizes.Zip(bound.Key.Shape.TakeLast(own.Sizes.Count)) // leading ones are the loss's own
            group size.Second by size.First into sizes
            select KeyValuePair.Create(sizes.Key, (object?)sizes.First());
        var all = new OptionValues(new Dictionary<string, object?>(known));
        foreach (var size in loss.OwnTensors.SelectMany(t => t.Sizes).Where(s => !all.ContainsKey(s)))
        {
            all[size] = slots.Keys.First().Shape.LastOrDefault(1);
        }

        return all;
    }

    IEnumerable<string> Places() =>
        loss
            .Inputs.Select(i => i.Name)
            .Concat(loss.OwnTensors.Select(t => t.Name))
            .Concat(loss.Options.Where(o => o.Type == typeof(Tensor)).Select(o => o.Name));

    Predicate<string> Suits(CaseTensor input) =>
        input.IsParameter ? place => loss.OwnTensors.Any(t => t.Learned && t.Name == place)
        : input.IsBuffer ? place => loss.OwnTensors.Any(t => !t.Learned && t.Name == place)
        : place => loss.Inputs.Any(i => i.Name == place && !i.IsList);
}
