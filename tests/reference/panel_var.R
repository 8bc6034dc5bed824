# Panel VAR(1) by least squares with fixed effects, and the test of Holtz-Eakin, Newey and
# Rosen by two-step difference GMM, on Produc; makes panel_var.json.
suppressMessages({library(plm); library(jsonlite)})
data("Produc", package = "plm")
panel <- pdata.frame(Produc, index = c("state", "year"))
panel$lg <- log(panel$gsp)
panel$lp <- log(panel$pcap)
least_squares <- list()
for (response in c("lg", "lp")) for (effect in c("individual", "twoways")) {
  formula <- as.formula(paste(response, "~ lag(lg, 1) + lag(lp, 1)"))
  fit <- plm(formula, panel, model = "within", effect = effect)
  least_squares[[paste("p1", response, effect, sep = "_")]] <- list(
    coef = as.list(coef(fit)), se = as.list(sqrt(diag(vcov(fit)))),
    se_arellano_HC0 = as.list(sqrt(diag(vcovHC(fit, method = "arellano", type = "HC0")))),
    rss = deviance(fit), nobs = nobs(fit), df = df.residual(fit))
}
first <- plm(lg ~ lag(lg, 1) + lag(lp, 1), panel, model = "within")
second <- plm(lp ~ lag(lg, 1) + lag(lp, 1), panel, model = "within")
errors <- cbind(as.numeric(residuals(first)), as.numeric(residuals(second)))
sigma <- crossprod(errors) / nrow(errors)
slopes <- rbind(coef(first), coef(second))
power <- diag(2)
responses <- list()
for (h in 0:8) {
  responses[[paste0("h", h)]] <- power %*% t(chol(sigma))
  power <- slopes %*% power
}
total <- Reduce(`+`, lapply(responses, function(x) x^2))
least_squares$p1_individual_Sigma_UU_over_n <- sigma
least_squares$p1_individual_oirf_order_lg_lp <- responses
least_squares$p1_individual_fevd_h9 <- total / rowSums(total)
fit <- pgmm(lg ~ lag(lg, 1:2) + lag(lp, 1:2) | lag(lg, 2:4) + lag(lp, 2:4), panel,
            effect = "individual", model = "twosteps", collapse = TRUE)
spread <- vcovHC(fit)
tested <- grep("lag\\(lp", names(coef(fit)))
wald <- as.numeric(t(coef(fit)[tested]) %*% solve(spread[tested, tested]) %*% coef(fit)[tested])
test <- list(coef = as.list(coef(fit)), se = as.list(sqrt(diag(spread))), wald_chi2 = wald,
             df = length(tested), p = 1 - pchisq(wald, length(tested)))
write_json(list(pvar_lsdv = least_squares, hnr_gmm_granger_lp_to_lg = test),
           "panel_var.json", auto_unbox = TRUE, digits = NA, pretty = TRUE)
