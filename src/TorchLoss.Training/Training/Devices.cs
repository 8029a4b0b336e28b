namespace TorchLoss.Training;

/// <summary>Devices by name.</summary>
public static class Devices
{
    /// <summary>The names <see cref="Parse"/> knows, beside cuda:0, cuda:1 and so on.</summary>
    public static IReadOnlyList<string> Names { get; } = ["auto", "cpu", "cuda"];

    /// <summary>The device of that name; auto is CUDA where there is one.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    /// <exception cref="TrainingException">There is no such device on this machine.</exception>
    public static Device Parse(string name)
    {
        if (name == "cpu" || name == "auto" && !cuda.is_available())
            return new Device(DeviceType.CPU);
        if (name is "cuda" or "auto")
            return Cuda(0);
        if (name.StartsWith("cuda:") && int.TryParse(name.AsSpan(5), out var index) && index >= 0)
            return Cuda(index);
        throw new ArgumentException($"device '{name}' is not one of {string.Join(", ", Names)}, cuda:N");
    }

    static Device Cuda(int index)
    {
        var count = cuda.is_available() ? cuda.device_count() : 0;
        return index < count
            ? new Device(DeviceType.CUDA, index)
            : throw new TrainingException(
                $"device cuda:{index} was asked for, but this machine has {count} CUDA devices"
            );
    }
}
