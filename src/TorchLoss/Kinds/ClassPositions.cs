namespace TorchLoss;

/// <summary>What composed losses against class indices share: safe indices and the reduction of one loss per position.</summary>
static class ClassPositions
{
    extension(Tensor target)
    {
        /// <summary>The class indices with 0 in place of the ignored one, so that they can be looked up.</summary>
        public Tensor ClassOrZero(long ignore_index) => where(target.ne(ignore_index), target, zeros_like(target));
    }

    extension(Tensor losses)
    {
        /// <summary>Weights and reduces losses (N, *) of targets (N, *) by the rules of the softmax losses.</summary>
        /// <remarks>The mean divides by the weights of the positions that count; 0 if none does.</remarks>
        public Tensor ReducePositions(Tensor target, SoftmaxWeights weights, Reduction reduction)
        {
            var counts = target.ne(weights.IgnoreIndex);
            var divisor = counts.to(losses.dtype);
            if (weights.SampleWeight is { } sample)
            {
                divisor = divisor * sample.to(losses.dtype);
            }

            var factor = divisor;
            if (weights.ClassWeight is { } classes)
            {
                factor = divisor * classes.OfClass(target.ClassOrZero(weights.IgnoreIndex)).to(losses.dtype);
                divisor = weights.MeanByClassWeight ? factor : divisor;
            }

            // an ignored position may hold NaN or infinity, and 0 times that is NaN: it is cut out rather than weighted 0
            var weighted = where(counts, losses, zeros_like(losses)) * factor;
            return reduction is Reduction.Mean ? weighted.sum().SafeDivide(divisor.sum()) : weighted.Reduce(reduction);
        }
    }

    extension(Tensor perClass)
    {
        /// <summary>The entry (of one number per class) that belongs to each class index.</summary>
        public Tensor OfClass(Tensor index) => perClass.index_select(0, index.flatten()).view(index.shape);
    }
}
